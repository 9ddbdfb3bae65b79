using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/doubleselect.go</c>: a select does one of its cases, never two.</summary>
public class DoubleSelectTests
{
    private const int Outlets = 4;

    /// <summary>
    /// Every number is offered to four channels at once, each with a forwarder behind it; one that comes through twice was
    /// sent by two cases. One channel in all four cases would not do: what is looked for is two partners at the same time.
    /// </summary>
    [Fact(DisplayName = "go: test/chan/doubleselect.go")]
    public Task Select_SendsToSeveralPartners_EachValueArrivesOnce() => Isolated.GoAsync(2, async () =>
    {
        int numbers = Load.Times(30_000);
        Chan<int>[] outlets = [.. Enumerable.Range(0, Outlets).Select(static _ => new Chan<int>())];
        var merged = new Chan<int>();
        Goroutine sender = Go.Run(async () =>
        {
            var select = new Select();
            SendCase<int>[] sends = [.. outlets.Select(outlet => select.Send(outlet))];
            for (int i = 0; i < numbers; i++)
            {
                foreach (SendCase<int> send in sends)
                {
                    send.Value = i;
                }

                await select.WaitAsync();
            }

            foreach (Chan<int> outlet in outlets)
            {
                outlet.Close();
            }
        });
        var forwarders = new WaitGroup();
        foreach (Chan<int> outlet in outlets)
        {
            forwarders.Spawn(async () =>
            {
                await foreach (int value in outlet)
                {
                    await merged.SendAsync(value);
                }
            });
        }

        Go.Spawn(async () =>
        {
            await forwarders.WaitAsync();
            merged.Close();
        });

        int[] seen = new int[numbers];
        await foreach (int value in merged)
        {
            seen[value]++;
        }

        await sender;
        Assert.All(seen, static times => Assert.Equal(1, times));
    });
}
