using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// From Go's <c>runtime/chan_test.go</c>: an operation that does not wait sees its channels at one moment. What is ready all the
/// time while others work on it can't be found not ready.
/// </summary>
public class NonblockRaceTests
{
    [Fact(DisplayName = "go: runtime/chan_test.go TestNonblockRecvRace")]
    public Task TryReceive_BesideAClose_FindsTheValueOrTheEnd() => Isolated.GoAsync(4, async () =>
    {
        int rounds = Load.Times(10_000);
        for (int i = 0; i < rounds; i++)
        {
            var channel = new Chan<int>(1);
            await channel.SendAsync(1);
            var trier = Go.Run(() => new ValueTask<bool>(channel.TryReceive(out _)));
            channel.Close();
            await channel.ReceiveAsync();
            Assert.True(await trier, "A channel that holds a value or is closed was found empty.");
        }
    });

    [Fact(DisplayName = "go: runtime/chan_test.go TestNonblockSelectRace")]
    public Task TryWait_WhileTheReadyChannelChanges_NeverFindsNone() => Race(
        secondCapacity: 1,
        static second => Assert.True(second.TrySend(1)));

    [Fact(DisplayName = "go: runtime/chan_test.go TestNonblockSelectRace2")]
    public Task TryWait_WhileTheOtherChannelIsClosed_NeverFindsNone() => Race(
        secondCapacity: 0,
        static second => second.Close());

    /// <summary>The first channel is ready until the second is made so; only then is it emptied.</summary>
    private static Task Race(int secondCapacity, Action<Chan<int>> makeReady) => Isolated.GoAsync(4, async () =>
    {
        int rounds = Load.Times(20_000);
        for (int i = 0; i < rounds; i++)
        {
            var first = new Chan<int>(1);
            var second = new Chan<int>(secondCapacity);
            await first.SendAsync(1);
            var trier = Go.Run(() => new ValueTask<bool>(new Select().Receive(first, out _).Receive(second, out _).TryWait(out _)));
            makeReady(second);
            first.TryReceive(out _);
            Assert.True(await trier, "Neither of two channels was found ready, though one of them always was.");
        }
    });
}
