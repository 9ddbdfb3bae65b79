using Goroutines;

namespace Tour.Steps;

/// <summary>Goroutines that wait for each other, noticed and reported.</summary>
internal sealed class Deadlock : Step
{
    internal override string Title => "Deadlock";

    internal override string Shows => "Two goroutines each wait for the other to send first.";

    internal override void Run(Findings findings)
    {
        var runtime = new GoRuntime(new GoRuntimeOptions { Name = "deadlock" });
        try
        {
            runtime.Main(async () =>
            {
                var left = new Chan<int>();
                var right = new Chan<int>();
                Go.Spawn(() => ReceiveThenSendAsync(left, right));
                await ReceiveThenSendAsync(right, left);
            });
            findings.Check("Go.Main threw DeadlockException", false);
        }
        catch (DeadlockException e)
        {
            findings.Text(e.Message, lines: 20);
            findings.Check("Go.Main threw DeadlockException", e.Message.StartsWith("all goroutines are asleep - deadlock!", StringComparison.Ordinal));
            findings.Check("its dump names both waits", e.Dump.Split("[chan receive").Length == 3);
        }
        finally
        {
            runtime.DisposeAsync().AsTask().Wait();
        }
    }

    private static async ValueTask ReceiveThenSendAsync(Receiver<int> from, Sender<int> to)
    {
        await from.ReceiveAsync();
        await to.SendAsync(1);
    }
}
