using Goroutines;

namespace Tour.Steps;

/// <summary>Exceptions that leave a body.</summary>
internal sealed class Panics : Step
{
    private const int Goroutines = 1000;

    internal override string Title => "Panics";

    internal override string Shows =>
        "Every tenth of a thousand goroutines throws: the handler is told, the others finish; an awaited one throws to its awaiter.";

    internal override void Run(Findings findings)
    {
        var panics = new Chan<PanicInfo>(Goroutines);
        var runtime = new GoRuntime(new GoRuntimeOptions { PanicHandler = panic => panics.TrySend(panic) });
        try
        {
            runtime.Main(() => RunAsync(findings, panics));
        }
        finally
        {
            runtime.DisposeAsync().AsTask().Wait();
        }
    }

    private static async ValueTask RunAsync(Findings findings, Receiver<PanicInfo> panics)
    {
        var finished = new Countdown(Goroutines - Goroutines / 10);
        for (var i = 0; i < Goroutines; i++)
        {
            var number = i;
            Go.Spawn(async () =>
            {
                await Go.Yield();
                if (number % 10 == 0)
                {
                    throw new InvalidOperationException($"goroutine {number} fails");
                }

                finished.Signal();
            });
        }

        await finished.Zero.ReceiveAsync();

        var told = 0;
        PanicInfo? last = null;
        for (; told < Goroutines / 10; told++)
        {
            (last, _) = await panics.ReceiveAsync();
        }

        findings.Fact("panics handled", $"{told}");
        findings.Fact("others that finished", $"{Goroutines - told}");
        findings.Fact("the last one handled", $"{last?.Exception.Message}, created at {Path.GetFileName(last?.CreatedAt)}");
        findings.Check("each with its exception", last?.Exception is InvalidOperationException);

        var message = "";
        try
        {
            await Go.Run(async () =>
            {
                await Go.Yield();
                throw new FormatException("for the awaiter");
            });
        }
        catch (FormatException e)
        {
            message = e.Message;
        }

        findings.Check("an awaited goroutine's exception reaches its awaiter", message == "for the awaiter");
        findings.Check("and not the handler", !panics.TryReceive(out _));
    }
}
