using Goroutines;
using Goroutines.Net;

namespace Balancer;

/// <summary>Passes bytes on in both directions. The end of one direction is passed on, and the other direction continues.</summary>
internal static class Tunnel
{
    private const int BufferBytes = 32_768;

    /// <summary>Runs until both directions have ended, one has failed, or both have been silent for the idle time.</summary>
    /// <returns>The connection that failed; <see langword="null"/> if both ended normally.</returns>
    internal static async ValueTask<Conn?> RunAsync(Conn first, Conn second, TimeSpan idle)
    {
        Conn? failed = null;
        Extend();
        Goroutine back = Go.Run(() => CopyAsync(second, first));
        await CopyAsync(first, second);
        await back;
        return failed;

        async ValueTask CopyAsync(Conn from, Conn to)
        {
            var buffer = new byte[BufferBytes];
            while (await ReadAsync(from, buffer) is var read and > 0)
            {
                Extend();
                try
                {
                    await to.WriteAsync(buffer.AsMemory(0, read));
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    Fail(to);
                    return;
                }
            }

            try
            {
                to.CloseWrite();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The connection is already closed.
            }
        }

        async ValueTask<int> ReadAsync(Conn from, byte[] buffer)
        {
            try
            {
                return await from.ReadAsync(buffer);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                Fail(from);
                return 0;
            }
        }

        // Traffic in one direction keeps the other one alive: during a long download, the client is silent.
        void Extend()
        {
            try
            {
                DateTimeOffset deadline = Go.Now + idle;
                (first.ReadDeadline, second.ReadDeadline) = (deadline, deadline);
                (first.WriteDeadline, second.WriteDeadline) = (deadline, deadline);
            }
            catch (ObjectDisposedException)
            {
                // The other direction has failed.
            }
        }

        // Closes both, so that the other direction does not wait for bytes that can no longer arrive.
        void Fail(Conn conn)
        {
            Interlocked.CompareExchange(ref failed, conn, null);
            first.Dispose();
            second.Dispose();
        }
    }
}
