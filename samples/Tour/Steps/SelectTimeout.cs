using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Select: its timeout, and its choice among ready cases.</summary>
internal sealed class SelectTimeout : Step
{
    private const int Choices = 100_000;

    internal override string Title => "Select";

    internal override string Shows =>
        "A select on a silent channel gives up after its timeout; one on four full channels chooses evenly.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var patience = TimeSpan.FromMilliseconds(50);
        var silent = new Chan<int>();
        var clock = Stopwatch.StartNew();
        await new Select().AndReceive(silent).Timeout(patience, out var timeout).WaitAsync();
        var waited = clock.Elapsed;

        findings.Fact("timeout of 50 ms after", Format.Time(waited));
        findings.Check("the timeout was selected, and not early", timeout.Selected && waited >= patience);

        var select = new Select();
        var sources = new Chan<int>[4];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = new Chan<int>(1);
            select.Receive(sources[i]);
        }

        var counts = new int[sources.Length];
        clock.Restart();
        for (var i = 0; i < Choices; i++)
        {
            foreach (var source in sources)
            {
                source.TrySend(i);
            }

            counts[await select.WaitAsync()]++;
        }

        findings.Fact("choices among four", Format.Rate(Choices, clock.Elapsed));
        findings.Fact("share of each", string.Join(", ", counts.Select(c => $"{100.0 * c / Choices:F1} %")));
        findings.Check("each within 24 to 26 %", counts.All(c => c is > Choices * 24 / 100 and < Choices * 26 / 100));
    });
}
