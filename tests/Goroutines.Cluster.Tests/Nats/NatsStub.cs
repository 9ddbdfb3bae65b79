using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Goroutines.Net;

namespace Goroutines.Cluster.Tests;

/// <summary>Speaks the protocol of nats-server, and has streams and consumers as far as a channel needs them. What becomes of messages is up to the
/// subclass.</summary>
/// <remarks>Real servers do what the subclasses do, too, but not on demand. Each connection is served by one goroutine, so the answers follow from the
/// requests alone.</remarks>
internal abstract class NatsStub : IAsyncDisposable
{
    private const string Now = "2026-01-01T00:00:00Z";

    private readonly Listener _listener = Listener.Listen("127.0.0.1:0");
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Goroutine _serves;
    private readonly Dictionary<string, JsonNode> _streams = [];
    private readonly Dictionary<string, JsonNode> _consumers = [];

    protected NatsStub()
    {
        _serves = Go.Run(async () => await _listener.ServeAsync(ServeAsync, FaultProxy.OnError, _stop.Token));
    }

    internal string Url => $"nats://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint).Port}";

    /// <summary>The lock under which requests are answered.</summary>
    protected Lock Gate => _gate;

    /// <summary>The number of messages in the queue.</summary>
    protected abstract int StoredCount { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listener.DisposeAsync();
        await _serves;
        _stop.Dispose();
    }

    /// <summary>Returns what a message of the client brings about: messages for that client. Called under <see cref="Gate"/>.</summary>
    protected abstract IEnumerable<Message> Answers(Message request);

    /// <summary>Returns the answer to a request about streams and consumers, and that there is no message with a key; null for other requests.</summary>
    protected JsonObject? AnswerAboutStreams(Message request)
        => request.Subject.Split('.') switch
        {
            ["$JS", "API", "STREAM", "INFO", var stream] => _streams.TryGetValue(stream, out JsonNode? config) ? StreamInfo(config) : Error(404, 10059, "stream not found"),
            ["$JS", "API", "STREAM", "CREATE", var stream] => StreamInfo(_streams[stream] = JsonNode.Parse(request.Body)!),
            ["$JS", "API", "CONSUMER", "INFO", var stream, _] => _consumers.TryGetValue(stream, out JsonNode? config) ? ConsumerInfo(stream, config) : Error(404, 10014, "consumer not found"),
            ["$JS", "API", "CONSUMER", "CREATE", var stream, ..] => ConsumerInfo(stream, _consumers[stream] = JsonNode.Parse(request.Body)!["config"]!),
            ["$JS", "API", "STREAM", "MSG", "GET", _] => Error(404, 10037, "no message found"),
            _ => null,
        };

    private async ValueTask ServeAsync(Conn client, CancellationToken stop)
    {
        Dictionary<string, string> subscriptions = []; // by id
        Input input = new(client, stop);
        await WriteAsync("""INFO {"server_id":"STUB","server_name":"stub","version":"2.10.27","proto":1,"headers":true,"max_payload":1048576,"jetstream":true}""" + "\r\n");
        while (await input.LineAsync() is { } line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case "PING":
                    await WriteAsync("PONG\r\n");
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
                    Message message = new(
                        words[1], Encoding.UTF8.GetString(body.AsSpan(0, headers)), Encoding.UTF8.GetString(body.AsSpan(headers)), replies ? words[2] : "");
                    Message[] answers;
                    lock (_gate)
                    {
                        answers = [.. Answers(message)];
                    }

                    foreach (Message answer in answers)
                    {
                        if (subscriptions.FirstOrDefault(pair => Matches(pair.Value, answer.Subject)).Key is { } id)
                        {
                            string replyTo = answer.ReplyTo.Length == 0 ? "" : $" {answer.ReplyTo}";
                            await WriteAsync($"MSG {answer.Subject} {id}{replyTo} {Encoding.UTF8.GetByteCount(answer.Body)}\r\n{answer.Body}\r\n");
                        }
                    }

                    break;
            }
        }

        ValueTask WriteAsync(string text) => client.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
    }

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

    protected static JsonObject Error(int code, int errorCode, string description)
        => new() { ["error"] = new JsonObject { ["code"] = code, ["err_code"] = errorCode, ["description"] = description } };

    private JsonObject StreamInfo(JsonNode config) => new()
    {
        ["config"] = config.DeepClone(),
        ["created"] = Now,
        ["state"] = new JsonObject
        {
            ["messages"] = StoredCount,
            ["bytes"] = 0,
            ["first_seq"] = 1,
            ["first_ts"] = Now,
            ["last_seq"] = StoredCount,
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

    /// <summary>A message of the client, or one for it.</summary>
    internal sealed record Message(string Subject, string Headers, string Body, string ReplyTo = "")
    {
        internal string Header(string name)
        {
            string? line = Headers.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
            return line is null ? "" : line[(name.Length + 1)..].Trim();
        }
    }

    /// <summary>Reads lines and bodies of known length from a connection.</summary>
    private sealed class Input(Conn connection, CancellationToken stop)
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
            int count = await connection.ReadAsync(_buffer.AsMemory(_end), stop);
            _end += count;
            return count != 0;
        }
    }
}
