using System.Text.Json.Nodes;

namespace Goroutines.Cluster.Tests;

/// <summary>Treats ids as streams with replicas do: an id is known before the server looks for room and before the message is stored.</summary>
internal sealed class ReplicaStub : NatsStub
{
    private readonly Dictionary<string, int> _known = []; // 0: no message has been stored with the id
    private readonly List<Message> _stored = [];
    private readonly List<Message> _attempts = [];

    /// <summary>The number of messages that the queue takes.</summary>
    internal int Room { get; set; }

    /// <summary>Whether the answer to a known id without a message is the error 10158 instead of a duplicate without a sequence number.</summary>
    internal bool AnswersConflict { get; init; }

    /// <summary>Called after an attempt with an id that is known, or that was refused, with the number of attempts so far.</summary>
    internal Action<ReplicaStub, int>? NotStored { get; init; }

    /// <summary>The messages of the queue.</summary>
    internal IReadOnlyList<Message> Stored
    {
        get
        {
            lock (Gate)
            {
                return [.. _stored];
            }
        }
    }

    /// <summary>The messages that were sent to the queue, stored or not.</summary>
    internal IReadOnlyList<Message> Attempts
    {
        get
        {
            lock (Gate)
            {
                return [.. _attempts];
            }
        }
    }

    /// <summary>Makes an id known, as an attempt does whose message is not stored yet.</summary>
    internal void Stage(string id) => _known[id] = 0;

    /// <summary>Makes an id unknown, as the server does when the message of an attempt was not stored after all.</summary>
    internal void Unstage(string id) => _known.Remove(id);

    protected override int StoredCount => _stored.Count;

    protected override IEnumerable<Message> Answers(Message request)
    {
        JsonObject? answer = request.Subject.Split('.') is [_, "q", _] ? Publish(request) : AnswerAboutStreams(request);
        if (answer is not null && request.ReplyTo.Length != 0)
        {
            yield return new Message(request.ReplyTo, "", answer.ToJsonString());
        }
    }

    private JsonObject Publish(Message message)
    {
        _attempts.Add(message);
        string id = message.Header("Nats-Msg-Id");
        if (_known.TryGetValue(id, out int sequence))
        {
            if (sequence == 0)
            {
                NotStored?.Invoke(this, _attempts.Count);
            }

            return sequence == 0 && AnswersConflict ? Error(409, 10158, "duplicate message id is in process")
                : new JsonObject { ["stream"] = "stub", ["seq"] = sequence, ["duplicate"] = true };
        }

        _known[id] = 0;
        if (_stored.Count >= Room)
        {
            NotStored?.Invoke(this, _attempts.Count);
            return Error(503, 10077, "maximum messages exceeded");
        }

        _stored.Add(message);
        _known[id] = _stored.Count;
        return new JsonObject { ["stream"] = "stub", ["seq"] = _stored.Count };
    }
}
