using System.Buffers;
using System.Globalization;
using System.Text;
using Goroutines;
using Goroutines.Net;
using Microsoft.Win32.SafeHandles;

namespace Files;

/// <summary>Answers the requests of a connection one after the other, each against its deadlines.</summary>
internal sealed class FileServer(FileTree tree)
{
    private const int HeadBytes = 16_384;
    private const int BufferBytes = 65_536;
    private const int LingerBytes = 1 << 20;

    /// <summary>How long a connection may lie idle between two requests.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    /// <summary>How long a request may take to come, once it has begun.</summary>
    private static readonly TimeSpan s_request = TimeSpan.FromSeconds(10);

    /// <summary>How long a piece of an answer may take to go.</summary>
    private static readonly TimeSpan s_write = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may go on sending when it has been answered for the last time.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(500);

    internal async ValueTask HandleAsync(Conn connection, CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await AnswerAllAsync(connection, buffer, stop);
        }
        catch (IOException)
        {
            // The client went away or was too slow, which is its own affair.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask AnswerAllAsync(Conn connection, byte[] buffer, CancellationToken stop)
    {
        var heads = new byte[HeadBytes];
        var filled = 0;
        var keepAlive = true;
        while (keepAlive)
        {
            // A client may send several requests without waiting for the answers: look first at what has come already.
            connection.ReadDeadline = DateTimeOffset.UtcNow + (filled == 0 ? s_idle : s_request);
            int end;
            while ((end = heads.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (filled == heads.Length)
                {
                    await RefuseAsync(connection, 431, stop);
                    return;
                }

                int read;
                try
                {
                    read = await connection.ReadAsync(heads.AsMemory(filled), stop);
                }
                catch (IOException exception) when (filled > 0 && exception.InnerException is TimeoutException)
                {
                    await RefuseAsync(connection, 408, stop);
                    return;
                }

                if (read == 0)
                {
                    return;
                }

                if (filled == 0)
                {
                    connection.ReadDeadline = DateTimeOffset.UtcNow + s_request;
                }

                filled += read;
            }

            var (request, status) = Request.Parse(Encoding.Latin1.GetString(heads.AsSpan(0, end)));
            if (request is null)
            {
                await RefuseAsync(connection, status, stop);
                return;
            }

            heads.AsSpan((end + 4)..filled).CopyTo(heads);
            filled -= end + 4;
            keepAlive = request.KeepAlive && !stop.IsCancellationRequested;
            await AnswerAsync(connection, request, keepAlive, buffer);
        }

        await LingerAsync(connection, stop);
    }

    private async ValueTask AnswerAsync(Conn connection, Request request, bool keepAlive, byte[] buffer)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            await WriteStatusAsync(connection, request, 405, "Allow: GET, HEAD\r\n", keepAlive);
            return;
        }

        SafeFileHandle? file = null;
        Found found;
        try
        {
            // Files have no readiness to wait for: the scheduler is told that this may block.
            using (Go.EnterBlocking())
            {
                found = tree.Find(request.Target);
                file = found.Status == 200 ? File.OpenHandle(found.Path) : null;
            }
        }
        catch (UnauthorizedAccessException)
        {
            found = new Found(403, "");
        }
        catch (IOException)
        {
            found = new Found(404, ""); // removed meanwhile, or a name too long for the system
        }

        using (file)
        {
            if (file is null)
            {
                var location = found.Status == 301 ? $"Location: {found.Path}\r\n" : "";
                await WriteStatusAsync(connection, request, found.Status, location, keepAlive);
            }
            else
            {
                await WriteFileAsync(connection, request, file, MediaType.Of(found.Path), keepAlive, buffer);
            }
        }
    }

    /// <exception cref="IOException">The connection failed, or the file became shorter: the client learns of it by the early end.</exception>
    private static async ValueTask WriteFileAsync(Conn connection, Request request, SafeFileHandle file, string type, bool keepAlive, byte[] buffer)
    {
        var length = RandomAccess.GetLength(file);
        var head = Head(200, type, length, "", keepAlive);

        // The first piece goes with the head, so that a small file is one write.
        var used = Encoding.Latin1.GetBytes(head, buffer);
        var left = request.Method == "HEAD" ? 0 : length;
        do
        {
            if (left > 0)
            {
                var room = buffer.AsMemory(used, (int)Math.Min(buffer.Length - used, left));
                int read;
                using (Go.EnterBlocking())
                {
                    read = RandomAccess.Read(file, room.Span, length - left);
                }

                if (read == 0)
                {
                    throw new IOException("the file became shorter while it was sent");
                }

                left -= read;
                used += read;
            }

            connection.WriteDeadline = DateTimeOffset.UtcNow + s_write;
            await connection.WriteAsync(buffer.AsMemory(0, used), CancellationToken.None);
            used = 0;
        }
        while (left > 0);
    }

    private static async ValueTask WriteStatusAsync(Conn connection, Request? request, int status, string headers, bool keepAlive)
    {
        var body = $"{status} {Reason(status)}\n";
        var text = Head(status, "text/plain; charset=utf-8", body.Length, headers, keepAlive) + (request?.Method == "HEAD" ? "" : body);
        connection.WriteDeadline = DateTimeOffset.UtcNow + s_write;
        await connection.WriteAsync(Encoding.Latin1.GetBytes(text));
    }

    private static async ValueTask RefuseAsync(Conn connection, int status, CancellationToken stop)
    {
        await WriteStatusAsync(connection, null, status, "", keepAlive: false);
        await LingerAsync(connection, stop);
    }

    /// <summary>Ends our side and reads on for a moment: closing on unread bytes would reset the connection, and the answer with it.</summary>
    private static async ValueTask LingerAsync(Conn connection, CancellationToken stop)
    {
        connection.CloseWrite();
        connection.ReadDeadline = DateTimeOffset.UtcNow + s_linger;
        var buffer = new byte[4096];
        var read = 1;
        for (var total = 0; read > 0 && total < LingerBytes; total += read)
        {
            read = await connection.ReadAsync(buffer, stop);
        }
    }

    private static string Head(int status, string type, long length, string headers, bool keepAlive) => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} {Reason(status)}\r\nDate: {DateTimeOffset.UtcNow:R}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{headers}{(keepAlive ? "" : "Connection: close\r\n")}\r\n");

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        301 => "Moved Permanently",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Unknown",
    };
}
