using Goroutines;

namespace Tour.Steps;

/// <summary>Looking at goroutines from inside.</summary>
internal sealed class Dump : Step
{
    internal override string Title => "Snapshot and dump";

    internal override string Shows =>
        "Goroutines in different waits, counted from Go.Snapshot and listed by Go.Dump like a Go traceback.";

    internal override void Run(Findings findings)
    {
        var runtime = new GoRuntime(new GoRuntimeOptions { Name = "dump" });
        try
        {
            runtime.Main(() => RunAsync(findings));
        }
        finally
        {
            runtime.DisposeAsync().AsTask().Wait();
        }
    }

    private static async ValueTask RunAsync(Findings findings)
    {
        using var source = new CancellationTokenSource();
        var quiet = new Chan<int>();
        List<Goroutine> waiting =
        [
            Go.Run(() => ListenAsync(quiet, source.Token)),
            Go.Run(() => SpeakAsync(new Chan<int>(), source.Token)),
            Go.Run(() => RestAsync(source.Token)),
            Go.Run(() => ChooseAsync(quiet, source.Token)),
        ];

        while (Go.Snapshot().Count(g => g.Status == GoroutineStatus.Waiting) < waiting.Count)
        {
            await Go.Yield();
        }

        foreach (var reason in Go.Snapshot().CountBy(g => g.WaitReason).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            findings.Fact(reason.Key.Length > 0 ? reason.Key : "not waiting", $"{reason.Value}");
        }

        using var text = new StringWriter();
        Go.Dump(text);
        var dump = text.ToString();
        findings.Text(dump, lines: 20);

        string[] reasons = ["chan receive", "chan send", "sleep", "select"];
        findings.Check("the dump names every wait", reasons.All(reason => dump.Contains($"[{reason}", StringComparison.Ordinal)));

        await source.CancelAsync();
        var cancelled = 0;
        foreach (var goroutine in waiting)
        {
            try
            {
                await goroutine;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        findings.Check("cancelled, all of them ended", cancelled == waiting.Count);
    }

    private static async ValueTask ListenAsync(Receiver<int> channel, CancellationToken cancellationToken)
        => await channel.ReceiveAsync(cancellationToken);

    private static async ValueTask SpeakAsync(Sender<int> channel, CancellationToken cancellationToken)
        => await channel.SendAsync(1, cancellationToken);

    private static async ValueTask RestAsync(CancellationToken cancellationToken)
        => await Go.SleepAsync(TimeSpan.FromHours(1), cancellationToken);

    private static async ValueTask ChooseAsync(Receiver<int> channel, CancellationToken cancellationToken)
        => await new Select().AndReceive(channel).WaitAsync(cancellationToken);
}
