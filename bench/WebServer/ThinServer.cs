using System.Diagnostics;
using System.Globalization;
using System.Text;
using Goroutines;
using Goroutines.Net;

/// <summary>A server on <see cref="Conn"/> that knows no more of HTTP than the measurements need: GET requests without bodies, one after the other or
/// pipelined. The counterpart of fasthttp, without Kestrel's layers.</summary>
internal static class ThinServer
{
    private const int MostHead = 16384;

    private static readonly byte[] s_hello = Answer("200 OK", "Hello, World!");
    private static readonly byte[] s_notFound = Answer("404 Not Found", "");
    private static int s_turn;

    internal static void Run(Uri url) => Go.Main(async () =>
    {
        using Listener listener = Listener.Listen($"{url.Host}:{url.Port}");
        while (true)
        {
            Conn conn = await listener.AcceptAsync();
            Go.Spawn(() => ServeAsync(conn));
        }
    });

    private static async ValueTask ServeAsync(Conn conn)
    {
        await using Conn connection = conn;
        byte[] input = new byte[MostHead];
        byte[] output = new byte[4096];
        int filled = 0;
        try
        {
            while (filled < input.Length)
            {
                int read = await conn.ReadAsync(input.AsMemory(filled));
                if (read == 0)
                {
                    return;
                }

                filled += read;
                int begin = 0;
                int answered = 0;
                while (input.AsSpan(begin, filled - begin).IndexOf("\r\n\r\n"u8) is >= 0 and int length)
                {
                    byte[] answer = AnswerTo(input.AsSpan(begin, length));
                    if (answered + answer.Length > output.Length)
                    {
                        await conn.WriteAsync(output.AsMemory(0, answered));
                        answered = 0;
                    }

                    answer.CopyTo(output, answered);
                    answered += answer.Length;
                    begin += length + 4;
                }

                if (answered > 0)
                {
                    await conn.WriteAsync(output.AsMemory(0, answered));
                    input.AsSpan(begin, filled - begin).CopyTo(input);
                    filled -= begin;
                }
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private static byte[] AnswerTo(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> target = head.StartsWith("GET "u8) ? head["GET "u8.Length..] : default;
        target = target[..Math.Max(target.IndexOf((byte)' '), 0)];
        if (target.SequenceEqual("/length"u8) || target.SequenceEqual("/plaintext"u8))
        {
            return s_hello;
        }

        if (target.SequenceEqual("/mixed"u8))
        {
            if (Interlocked.Increment(ref s_turn) % 20 == 0)
            {
                Thread.Sleep(10);
            }

            return s_hello;
        }

        if (!target.SequenceEqual("/cost"u8))
        {
            return s_notFound;
        }

        using Process process = Process.GetCurrentProcess();
        return Answer("200 OK", string.Create(CultureInfo.InvariantCulture, $"{(long)process.TotalProcessorTime.TotalMicroseconds} {process.WorkingSet64} {Directory.GetFiles("/proc/self/fd").Length} {Go.Count}"));
    }

    private static byte[] Answer(string status, string body) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status}\r\nServer: thin\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
}
