using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Runtime;

/// <summary>
/// From Go's <c>runtime/proc_test.go</c>: what happens around a stop of the world. Here it is the collector's; a change of
/// <see cref="Go.MaxProcs"/> stops Go's world, and ours not.
/// </summary>
[Collection(StressCollection.Name)]
public class StopTheWorldTests
{
    /// <summary>Beside a goroutine that does nothing but start its like.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestStopTheWorldDeadlock")]
    public Task CollectionsAndChangesOfMaxProcs_AtTheSameTime_End() => Isolated.GoAsync(3, async () =>
    {
        bool stop = false;
        var ended = new Chan<Unit>();
        Goroutine collecting = Go.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                GC.Collect();
            }

            return default(ValueTask);
        });
        Goroutine changing = Go.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Go.MaxProcs = 1 + (i % 4);
            }

            return default(ValueTask);
        });
        Go.Spawn(GoOn);

        await collecting;
        await changing;
        Volatile.Write(ref stop, true);
        await ended.ReceiveAsync();

        ValueTask GoOn()
        {
            if (Volatile.Read(ref stop))
            {
                ended.Close();
            }
            else
            {
                Go.Spawn(GoOn);
            }

            return default;
        }
    });

    /// <summary>Threads come and go while the world is stopped again and again.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestMexitSTW")]
    public Task ThreadsEndBetweenCollections_TheRestGoesOn() => Isolated.GoAsync(4, async () =>
    {
        bool stop = false;
        Goroutine[] busy = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                await Go.Yield();
            }
        }))];
        for (int i = 0; i < 30; i++)
        {
            // A runtime of its own, so that the thread does not stay for the next one.
            await using (var other = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1 }))
            {
                await other.Run(static () => { });
            }

            GC.Collect(0);
            Go.MaxProcs = 2 + (i % 3);
        }

        Volatile.Write(ref stop, true);
        await busy[0];
        await busy[1];
    });

    /// <summary>Two goroutines get their threads at the same moment, while the world is stopped again and again.</summary>
    [Fact(DisplayName = "go: runtime/proc_test.go TestLockOSThreadTemplateThreadRace")]
    public Task TwoThreadsStartBesideCollections_BothRun() => Isolated.GoAsync(4, async () =>
    {
        bool stop = false;
        Goroutine collecting = Go.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                await Go.SleepAsync(TimeSpan.FromMicroseconds(100)); // with none between them, collections starve any .NET thread
            }
        });
        for (int round = 0; round < 50; round++)
        {
            using Barrier together = new(2);
            Goroutine[] two = [.. Enumerable.Range(0, 2).Select(_ => Go.Run(() =>
            {
                together.SignalAndWait();
                Go.Spawn(static () => default(ValueTask));
                Go.Wait(Go.Yield());
            }))];
            await two[0];
            await two[1];
        }

        Volatile.Write(ref stop, true);
        await collecting;
    });
}
