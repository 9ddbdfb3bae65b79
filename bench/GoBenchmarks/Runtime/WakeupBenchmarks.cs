using System.Globalization;
using System.Runtime.InteropServices;

namespace Goroutines.GoBenchmarks;

/// <summary>Waking a goroutine while another one works: <c>runtime/proc_test.go</c>.</summary>
internal static partial class WakeupBenchmarks
{
    private static readonly int[] s_microseconds = [0, 1, 2, 5, 10, 20, 50, 100];

    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "WakeupParallelSpinning", static b => WakeupParallelAsync(b, Work.For)),
        new("runtime", "WakeupParallelSyscall", static b => WakeupParallelAsync(b, NanoSleep)),
    ];

    private static async ValueTask WakeupParallelAsync(B b, Action<TimeSpan> spin)
    {
        if (Go.MaxProcs == 1)
        {
            b.Skip();
            return;
        }

        var wakeDelay = TimeSpan.FromMicroseconds(5);
        foreach (var microseconds in s_microseconds)
        {
            var delay = TimeSpan.FromMicroseconds(microseconds);
            await b.RunAsync(microseconds == 0 ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{microseconds}µs"), async b =>
            {
                Chan<Unit> ping = new(), pong = new(), start = new(), done = new();
                Go.Spawn(async () =>
                {
                    await start.ReceiveAsync();
                    for (var i = 0; i < b.N; i++)
                    {
                        spin(delay + wakeDelay);
                        await ping.SendAsync(default);
                        spin(delay);
                        await pong.ReceiveAsync();
                    }
                    await done.SendAsync(default);
                });
                Go.Spawn(async () =>
                {
                    for (var i = 0; i < b.N; i++)
                    {
                        spin(delay);
                        await ping.ReceiveAsync();
                        spin(delay + wakeDelay);
                        await pong.SendAsync(default);
                    }
                    await done.SendAsync(default);
                });
                b.ResetTimer();
                await start.SendAsync(default);
                await done.ReceiveAsync();
                await done.ReceiveAsync();
            });
        }
    }

    /// <summary>Sleeps in a system call, which holds up its thread.</summary>
    private static void NanoSleep(TimeSpan duration)
    {
        var time = new Timespec(0, (long)duration.TotalNanoseconds);
        using (Go.EnterBlocking())
        {
            while (nanosleep(time, out time) != 0)
            {
            }
        }
    }

    [LibraryImport("libc")]
    private static partial int nanosleep(in Timespec requested, out Timespec remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
