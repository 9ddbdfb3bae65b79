using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Many timers at once.</summary>
internal sealed class Sleepers : Step
{
    private const int Goroutines = 100_000;
    private const int LongestMilliseconds = 1000;

    internal override string Title => "A hundred thousand sleepers";

    internal override string Shows => "Each sleeps for a random time of up to a second and notes how late it woke.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var random = new Random(1);
        var late = new TimeSpan[Goroutines];
        var awake = new Countdown(Goroutines);
        var clock = Stopwatch.StartNew();

        for (var i = 0; i < Goroutines; i++)
        {
            var duration = TimeSpan.FromMilliseconds(1 + random.NextDouble() * (LongestMilliseconds - 1));
            Go.Spawn(
                static s => SleepAsync(s.duration, s.late, s.i, s.awake),
                (duration, late, i, awake));
        }

        await awake.Zero.ReceiveAsync();
        var elapsed = clock.Elapsed;
        Array.Sort(late);

        findings.Fact("all awake after", Format.Time(elapsed));
        findings.Fact("late, half of them", $"{Format.Time(late[Goroutines / 2])} or less");
        findings.Fact("late, 99 of 100", $"{Format.Time(late[Goroutines / 100 * 99])} or less");
        findings.Check("none woke early", late[0] >= TimeSpan.Zero);
    });

    private static async ValueTask SleepAsync(TimeSpan duration, TimeSpan[] late, int index, Countdown awake)
    {
        var started = Stopwatch.GetTimestamp();
        await Go.SleepAsync(duration);
        late[index] = Stopwatch.GetElapsedTime(started) - duration;
        awake.Signal();
    }
}
