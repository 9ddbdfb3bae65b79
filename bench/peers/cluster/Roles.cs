using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace Goroutines.ClusterPeer;

/// <summary>What a process is in a row of several. It says on its output how far it is, and ends when its input does.</summary>
/// <remarks>Times are microseconds since 1970, which the processes of one machine agree on. A value begins with the time at which it was sent.</remarks>
internal sealed class Roles(Side side, string url, string queue)
{
    internal static readonly string[] Names = ["work", "hold", "batches", "flow"];

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    internal async Task RunAsync(string role, int first, int second)
    {
        Queue opened = await side.OpenAsync(url, queue).AsTask().Within(s_limit, () => "an open queue");
        switch (role)
        {
            case "work":
                await WorkAsync(opened, first, TimeSpan.FromMicroseconds(second));
                break;
            case "hold":
                Tell("ready");
                await opened.HoldOneAsync().AsTask().Within(s_limit, () => "a value to hold");
                Tell("holding");
                await EndOfInputAsync();
                break;
            case "batches":
                await SendBatchesAsync(opened);
                break;
            case "flow":
                await FlowAsync(opened);
                break;
        }
    }

    /// <summary>Handles values, each for some time. Tells of each when it was sent, when its handler ended, and how long that ran.</summary>
    private async Task WorkAsync(Queue opened, int concurrency, TimeSpan work)
    {
        using CancellationTokenSource stop = new();
        Task works = opened.WorkAsync(
            concurrency,
            async value =>
            {
                long begun = Stopwatch.GetTimestamp();
                if (work > TimeSpan.Zero)
                {
                    await side.SleepAsync(work);
                }

                Tell($"done {BinaryPrimitives.ReadInt64LittleEndian(value)} {Now()} {(long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds}");
            },
            stop.Token);
        Tell("ready");
        await EndOfInputAsync();
        await stop.CancelAsync();
        await works.Within(s_limit, () => "the end of the workers");
    }

    /// <summary>Sends as many values as a line of the input says, and waits for the next line.</summary>
    private async Task SendBatchesAsync(Queue opened)
    {
        Tell("ready");
        while (int.TryParse(await LineOfInputAsync(), CultureInfo.InvariantCulture, out int count))
        {
            int left = count;
            Tell($"begun {Now()}");
            await side.AllAsync(16, async () =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    await opened.SendAsync(Stamped());
                }
            }).Within(s_limit, () => $"{count} values to be stored, of which {Math.Max(left, 0)} were not begun");
            Tell("sent");
        }
    }

    /// <summary>Sends a value every five milliseconds, and again what failed, and handles them.</summary>
    private async Task FlowAsync(Queue opened)
    {
        Queue receiver = await side.OpenAsync(url, queue).AsTask().Within(s_limit, () => "an open queue");
        using CancellationTokenSource stop = new();
        Task works = receiver.WorkAsync(
            1,
            value =>
            {
                Tell($"done {BinaryPrimitives.ReadInt64LittleEndian(value)} {Now()} 0");
                return default;
            },
            stop.Token);
        Task sends = side.AllAsync(1, async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await opened.SendAsync(Stamped());
                    await side.SleepAsync(TimeSpan.FromMilliseconds(5));
                }
                catch (Exception exception) when (!stop.IsCancellationRequested)
                {
                    await Console.Error.WriteLineAsync($"a send failed: {exception.GetType().Name}"); // that client leaves it to its caller to send again
                    await side.SleepAsync(TimeSpan.FromMilliseconds(10));
                }
            }
        });
        Tell("ready");
        await EndOfInputAsync();
        await stop.CancelAsync();
        await sends.Within(s_limit, () => "the end of the sender");
        await works.Within(s_limit, () => "the end of the workers");
    }

    private static byte[] Stamped()
    {
        byte[] value = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(value, Now());
        return value;
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static void Tell(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    private static Task<string?> LineOfInputAsync() => Task.Run(Console.In.ReadLine);

    private static async Task EndOfInputAsync()
    {
        while (await LineOfInputAsync() is not null)
        {
        }
    }
}
