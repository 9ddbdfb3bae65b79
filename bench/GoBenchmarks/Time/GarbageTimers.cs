namespace Goroutines.GoBenchmarks;

/// <summary>The helper <c>benchmark</c> of <c>time/sleep_test.go</c>: a parallel benchmark beside 32,768 timers for each P.</summary>
internal static class GarbageTimers
{
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Go's nanosecond: the shortest time that a <see cref="TimeSpan"/> can hold, 100 ns.</summary>
    public static readonly TimeSpan Nanosecond = TimeSpan.FromTicks(1);

    public static async ValueTask RunAsync(B b, Func<PB, ValueTask> body)
    {
        var wg = new WaitGroup();
        var garbageAll = new GoTimer[Go.MaxProcs][];
        for (var i = 0; i < garbageAll.Length; i++)
        {
            var p = i;
            wg.Spawn(async () =>
            {
                var garbage = new GoTimer[1 << 15];
                for (var j = 0; j < garbage.Length; j++)
                {
                    garbage[j] = GoTimer.AfterFunc(Hour, static () => { });
                }
                garbageAll[p] = garbage;
            });
        }
        await wg.WaitAsync();

        b.ResetTimer();
        await b.RunParallelAsync(body);
        b.StopTimer();

        foreach (var garbage in garbageAll)
        {
            foreach (var timer in garbage)
            {
                timer.Stop();
            }
        }
    }

    public static ValueTask RunAsync(B b, Action<PB> body) => RunAsync(b, pb =>
    {
        body(pb);
        return ValueTask.CompletedTask;
    });
}
