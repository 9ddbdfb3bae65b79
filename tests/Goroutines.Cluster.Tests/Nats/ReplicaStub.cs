using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Goroutines.Net;

namespace Goroutines.Cluster.Tests;

/// <summary>Speaks the protocol of nats-server, and treats ids as its streams with replicas do: an id is known before the server looks for room and
/// before the message is stored.</summary>
/// <remarks>Real servers do so, too, but not on demand. Each connection is served by one goroutine, so the answers follow from the requests alone.</remarks>
internal sealed class ReplicaStub : IAsyncDisposable
{
    private const string Now = "2026-01-01T00:00:00Z";

    private readonly Listener _listener = Listener.Listen("127.0.0.1:0");
    private readonly Lock _gate = new();
    private readonly List<Conn> _connections = [];
    private readonly Dictionary<string, JsonNode> _streams = [];
    private readonly Dictionary<string, JsonNode> _consumers = [];
    private readonly Dictionary<string, int> _known = []; // 0: no message has been stored with the id
    private readonly List<Message> _stored = [];
    private readonly List<Message> _attempts = [];

    internal ReplicaStub()
    {
        Go.Spawn(AcceptAsync);
    }

    internal string Url => $"nats://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint).Port}";

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
            lock (_gate)
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
            lock (_gate)
            {
                return [.. _attempts];
            }
        }
    }

    /// <summary>Makes an id known, as an attempt does whose message is not stored yet.</summary>
    internal void Stage(string id) => _known[id] = 0;

    /// <summary>Makes an id unknown, as the server does when the message of an attempt was not stored after all.</summary>
    internal void Unstage(string id) => _known.Remove(id);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        lock (_gate)
        {
            foreach (Conn connection in _connections)
            {
                connection.Dispose();
            }
        }
    }

    private async ValueTask AcceptAsync()
    {
        while (true)
        {
            Conn client;
            try
            {
                client = await _listener.AcceptAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            lock (_gate)
            {
                _connections.Add(client);
            }

            Go.Spawn(async () => await ServeAsync(client));
        }
    }

    private async ValueTask ServeAsync(Conn client)
    {
        Dictionary<string, string> subscriptions = []; // by id
        Input input = new(client);
        try
        {
            await WriteAsync(client, """INFO {"server_id":"STUB","server_name":"stub","version":"2.10.27","proto":1,"headers":true,"max_payload":1048576,"jetstream":true}""" + "\r\n");
            while (await input.LineAsync() is { } line)
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                switch (words.FirstOrDefault())
                {
                    case "PING":
                        await WriteAsync(client, "PONG\r\n");
                        break;
                    case "SUB":
                        subscriptions[words[^1]] = words[1];
                        break;
                    case "UNSUB":
                        subscriptions.Remove(words[1]);
                        break;
                    case "PUB" or "HPUB":
                        int headers = words[0] == "HPUB" ? int.Parse(words[^2], CultureInfo.InvariantCulture) : 0;
                        byte[] body = await input.BodyAsync(int.Parse(words[^1], CultureInfo.InvariantCulture));
                        bool replies = words.Length == (words[0] == "HPUB" ? 5 : 4);
                        Message message = new(words[1], Encoding.UTF8.GetString(body.AsSpan(0, headers)), Encoding.UTF8.GetString(body.AsSpan(headers)));
                        if (replies && Answer(message) is { } answer && subscriptions.FirstOrDefault(pair => Matches(pair.Value, words[2])).Key is { } id)
                        {
                            string text = answer.ToJsonString();
                            await WriteAsync(client, $"MSG {words[2]} {id} {Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n");
                        }

                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private static ValueTask WriteAsync(Conn client, string text) => client.WriteAsync(Encoding.UTF8.GetBytes(text));

    private static bool Matches(string pattern, string subject)
    {
        string[] wanted = pattern.Split('.');
        string[] parts = subject.Split('.');
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i] == ">")
            {
                return parts.Length > i;
            }

            if (i >= parts.Length || (wanted[i] != "*" && wanted[i] != parts[i]))
            {
                return false;
            }
        }

        return wanted.Length == parts.Length;
    }

    private JsonObject? Answer(Message message)
    {
        string[] parts = message.Subject.Split('.');
        lock (_gate)
        {
            return parts switch
            {
                ["$JS", "API", "STREAM", "INFO", var stream] => _streams.TryGetValue(stream, out JsonNode? config) ? StreamInfo(config) : Error(404, 10059, "stream not found"),
                ["$JS", "API", "STREAM", "CREATE", var stream] => StreamInfo(_streams[stream] = JsonNode.Parse(message.Body)!),
                ["$JS", "API", "CONSUMER", "INFO", var stream, _] => _consumers.TryGetValue(stream, out JsonNode? config) ? ConsumerInfo(stream, config) : Error(404, 10014, "consumer not found"),
                ["$JS", "API", "CONSUMER", "CREATE", var stream, ..] => ConsumerInfo(stream, _consumers[stream] = JsonNode.Parse(message.Body)!["config"]!),
                ["$JS", "API", "STREAM", "MSG", "GET", _] => Error(404, 10037, "no message found"),
                [_, "q", _] => Publish(message),
                _ => null,
            };
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

    private static JsonObject Error(int code, int errorCode, string description)
        => new() { ["error"] = new JsonObject { ["code"] = code, ["err_code"] = errorCode, ["description"] = description } };

    private JsonObject StreamInfo(JsonNode config) => new()
    {
        ["config"] = config.DeepClone(),
        ["created"] = Now,
        ["state"] = new JsonObject
        {
            ["messages"] = _stored.Count,
            ["bytes"] = 0,
            ["first_seq"] = 1,
            ["first_ts"] = Now,
            ["last_seq"] = _stored.Count,
            ["last_ts"] = Now,
            ["consumer_count"] = 1,
        },
    };

    private static JsonObject ConsumerInfo(string stream, JsonNode config) => new()
    {
        ["stream_name"] = stream,
        ["name"] = "workers",
        ["created"] = Now,
        ["config"] = config.DeepClone(),
        ["delivered"] = new JsonObject { ["consumer_seq"] = 0, ["stream_seq"] = 0 },
        ["ack_floor"] = new JsonObject { ["consumer_seq"] = 0, ["stream_seq"] = 0 },
        ["num_ack_pending"] = 0,
        ["num_redelivered"] = 0,
        ["num_waiting"] = 0,
        ["num_pending"] = 0,
    };

    /// <summary>A message as the client sent it.</summary>
    internal sealed record Message(string Subject, string Headers, string Body)
    {
        internal string Header(string name)
        {
            string? line = Headers.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
            return line is null ? "" : line[(name.Length + 1)..].Trim();
        }
    }

    /// <summary>Reads lines and bodies of known length from a connection.</summary>
    private sealed class Input(Conn connection)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        /// <returns>A line without its end; null at the end of the input.</returns>
        internal async ValueTask<string?> LineAsync()
        {
            while (true)
            {
                int length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
                if (length >= 0)
                {
                    string line = Encoding.UTF8.GetString(_buffer, _start, length);
                    _start += length + 2;
                    return line;
                }

                if (!await FillAsync())
                {
                    return null;
                }
            }
        }

        /// <returns>A body without the end of line after it.</returns>
        internal async ValueTask<byte[]> BodyAsync(int length)
        {
            while (_end - _start < length + 2)
            {
                if (!await FillAsync())
                {
                    throw new EndOfStreamException();
                }
            }

            byte[] body = _buffer[_start..(_start + length)];
            _start += length + 2;
            return body;
        }

        private async ValueTask<bool> FillAsync()
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
            int count = await connection.ReadAsync(_buffer.AsMemory(_end));
            _end += count;
            return count != 0;
        }
    }
}
