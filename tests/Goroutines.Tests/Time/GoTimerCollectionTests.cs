using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>Timers that nothing holds are garbage, however far off their time is (TestTimerGC); what a goroutine waits for is not.</summary>
public class GoTimerCollectionTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public static TheoryData<string> Kinds => ["timer", "ticker", "after", "stopped timer", "stopped ticker", "stopped body", "waited on", "polled"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Dropped_IsCollected(string kind) => Isolated.GoAsync(1, async () =>
    {
        // The first one may stay in a register or a stack slot; one of many may not.
        var dropped = new List<WeakReference>();
        for (int i = 0; i < 100; i++)
        {
            await Make(kind, dropped);
        }

        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return dropped.Count(static reference => reference.IsAlive) <= 2;
            },
            $"the collection of 100 times \"{kind}\"");
    });

    [Fact]
    public Task WaitedFor_IsKeptWithItsGoroutine() => Isolated.GoAsync(async () =>
    {
        var woken = new Chan<int>(3);
        Spawn(woken);
        await Go.Yield();
        for (int i = 0; i < 20; i++)
        {
            GC.Collect();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(6, (await woken.ReceiveAsync()).Value + (await woken.ReceiveAsync()).Value + (await woken.ReceiveAsync()).Value);
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spawn(Chan<int> woken)
    {
        TimeSpan time = TimeSpan.FromMilliseconds(60);
        Go.Spawn(async () =>
        {
            await Go.After(time).ReceiveAsync();
            await woken.SendAsync(1);
        });
        Go.Spawn(async () =>
        {
            await new Select().Receive(new Ticker(time).C, out _).Receive(new Chan<int>(), out _).WaitAsync();
            await woken.SendAsync(2);
        });
        GoTimer.AfterFunc(time, async () => await woken.SendAsync(3));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async ValueTask Make(string kind, List<WeakReference> dropped)
    {
        switch (kind)
        {
            case "timer":
                Watch(new GoTimer(s_hour).C);
                break;
            case "ticker":
                Watch(new Ticker(s_hour).C);
                break;
            case "after":
                Watch(Go.After(s_hour));
                break;
            case "stopped timer":
                var timer = new GoTimer(s_hour);
                timer.Stop();
                Watch(timer.C);
                break;
            case "stopped ticker":
                var ticker = new Ticker(s_hour);
                ticker.Stop();
                Watch(ticker.C);
                break;
            case "stopped body":
                Stopped();
                break;
            case "waited on":
                await WaitAndDrop();
                break;
            case "polled":
                Receiver<DateTimeOffset> polled = Go.After(s_hour);
                polled.TryReceive(out _);
                Watch(polled);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }

        void Watch(Receiver<DateTimeOffset> channel) => dropped.Add(new WeakReference(channel.Channel));

        void Stopped()
        {
            var held = new object();
            GoTimer body = GoTimer.AfterFunc(s_hour, () =>
            {
                GC.KeepAlive(held);
                return default(ValueTask);
            });
            body.Stop();
            dropped.Add(new WeakReference(held));
        }

        async ValueTask WaitAndDrop()
        {
            var ready = new Chan<int>();
            Go.Spawn(async () => await ready.SendAsync(1));
            Receiver<DateTimeOffset> after = Go.After(s_hour);
            await new Select().Receive(after, out _).Receive(ready, out ReceiveCase<int> chosen).WaitAsync();
            Assert.True(chosen.Selected);
            Watch(after);
        }
    }
}
