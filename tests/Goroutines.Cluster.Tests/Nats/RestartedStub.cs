using System.Text;
using System.Text.Json.Nodes;

namespace Goroutines.Cluster.Tests;

/// <summary>Is killed while it handles the first acknowledgement of its only value, and is there again at once: the acknowledgement has no answer.</summary>
/// <param name="removes">Whether the server removed the value before it was killed. If it did not, it has forgotten its delivery as well, and answers no
/// acknowledgement of that.</param>
internal sealed class RestartedStub(bool removes) : NatsStub
{
    private Message? _value;
    private string? _lane; // of a request that has brought nothing yet
    private int _acknowledgements;
    private bool _held;

    /// <summary>How many acknowledgements have come.</summary>
    internal int Acknowledgements
    {
        get
        {
            lock (Gate)
            {
                return _acknowledgements;
            }
        }
    }

    protected override int StoredCount => _value is null ? 0 : 1;

    protected override IEnumerable<Message> Answers(Message request)
    {
        switch (request.Subject.Split('.'))
        {
            case [_, "q", _]:
                _value = request;
                yield return Json(request, new JsonObject { ["stream"] = "stub", ["seq"] = 1 });
                break;
            case ["$JS", "API", "CONSUMER", "MSG", "NEXT", ..]:
                _lane = request.ReplyTo;
                break;
            case ["$JS", "API", "STREAM", "MSG", "GET", var stream] when stream.EndsWith("-q-numbers", StringComparison.Ordinal) && _value is not null:
                yield return Json(request, new JsonObject
                {
                    ["message"] = new JsonObject
                    {
                        ["subject"] = _value.Subject,
                        ["seq"] = 1,
                        ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(_value.Body)),
                        ["time"] = "2026-01-01T00:00:00.123456789Z",
                    },
                });
                break;
            case ["$JS", "ACK", ..] when request.Body == "+ACK":
                _acknowledgements++;
                _value = removes ? null : _value;
                break;
            default:
                if (AnswerAboutStreams(request) is { } answer)
                {
                    yield return Json(request, answer);
                }

                break;
        }

        if (_value is not null && !_held && _lane is { } lane)
        {
            _held = true;
            _lane = null;
            yield return new Message(lane, "", _value.Body, "$JS.ACK.stub.workers.1.1.1.1767225600000000000.0");
        }
    }

    private static Message Json(Message request, JsonObject answer) => new(request.ReplyTo, "", answer.ToJsonString());
}
