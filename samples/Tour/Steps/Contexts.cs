using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Deadlines, cancellation and values that go down a tree of calls.</summary>
internal sealed class Contexts : Step
{
    private const int Children = 10_000;
    private const int Depth = 100_000;

    internal override string Title => "Contexts";

    internal override string Shows =>
        "Ten thousand goroutines wait with contexts of their own until the parent's time is up; a chain of contexts is cancelled from its top.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var name = new ContextKey<string>("name");
        var cause = new TimeoutException("the parent has no more time");
        using var parent = GoContext.Background.WithValue(name, "tour").WithTimeout(TimeSpan.FromMilliseconds(250), cause);
        var waiting = new Countdown(Children);
        var children = new Goroutine<bool>[Children];
        for (var i = 0; i < Children; i++)
        {
            children[i] = Go.Run(async () =>
            {
                using var own = parent.WithCancel();
                var select = new Select();
                select.Receive(own.Done);
                var wait = select.WaitAsync();
                waiting.Signal();
                await wait;
                return own.Err is DeadlineExceededException && ReferenceEquals(own.Cause, cause) && own.TryGetValue(name, out _);
            });
        }

        await waiting.Zero.ReceiveAsync();
        await parent.Done.ReceiveAsync();
        var clock = Stopwatch.StartNew();
        var right = 0;
        foreach (var child in children)
        {
            right += await child ? 1 : 0;
        }

        findings.Fact("children ended with it", Format.Rate(right, clock.Elapsed));

        var top = GoContext.Background.WithCancel();
        GoContext bottom = top;
        for (var i = 0; i < Depth; i++)
        {
            bottom = bottom.WithCancel();
        }

        CancellationToken token = bottom;
        clock.Restart();
        top.Cancel();
        findings.Fact($"a chain of {Format.Count(Depth)}", $"cancelled from its top in {Format.Time(clock.Elapsed)}");
        findings.Check("each child ended by the parent's deadline, with its cause", right == Children);
        findings.Check("the token at the end of the chain was cancelled when Cancel returned", token.IsCancellationRequested);
    });
}
