using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>
/// What does not wait is not told that nothing is ready while something is ready at any time. A select's order of looking is
/// the random one of a fixed seed, so its cases are added in one order and in the other.
/// </summary>
public class OneMomentTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ValueInTheSecondBeforeTheFirstIsEmptied(bool reverse) => Verify.Holds(() => TwoReceives(reverse));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ValueThatIsSeenWhileItsSenderHoldsTheLock(bool reverse) => Verify.Holds(() => SeenInTheLock(reverse));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RoomInTheSecondBeforeTheFirstIsFull(bool reverse) => Verify.Holds(() => TwoSends(reverse));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CloseOfTheSecondBeforeTheFirstIsEmptied(bool reverse) => Verify.Holds(() => ReceiveOrClosed(reverse));

    [Fact]
    public void CloseBeforeTheLastValueGoes() => Verify.Holds(ClosedThenEmptied);

    [Fact]
    public void ValueInTheSecondBeforeTheFirstIsEmptied_LoadsReordered() => Verify.HoldsReordered(() => TwoReceives(reverse: true));

    [Fact]
    public void ValueThatIsSeenWhileItsSenderHoldsTheLock_LoadsReordered() => Verify.HoldsReordered(() => SeenInTheLock(reverse: true));

    [Fact]
    public void RoomInTheSecondBeforeTheFirstIsFull_LoadsReordered() => Verify.HoldsReordered(() => TwoSends(reverse: true));

    [Fact]
    public void CloseOfTheSecondBeforeTheFirstIsEmptied_LoadsReordered() => Verify.HoldsReordered(() => ReceiveOrClosed(reverse: true));

    [Fact]
    public void CloseBeforeTheLastValueGoes_LoadsReordered() => Verify.HoldsReordered(ClosedThenEmptied);

    /// <summary>A moment is one only if its looks happen in their order.</summary>
    [Theory]
    [InlineData("SpinMutex.get_IsHeld LoadVolatile _held")]
    [InlineData("VersionedMutex.TryAddVersion LoadVolatile _version")]
    [InlineData("Chan.get_CanReceive LoadVolatile Count")]
    public void Planted_LooksByAPlainLoad_LoadsReordered(string site) => Verify.FindsReordered(() => SeenInTheLock(reverse: true), [Plant.Weaken(site)]);

    /// <summary>The count is looked at first: a channel that is closed and then emptied is never seen empty and open.</summary>
    [Fact]
    public void Planted_CountIsSeenAfterTheClose_LoadsReordered()
        => Verify.FindsReordered(ClosedThenEmptied, [Plant.Weaken("Chan.get_CanReceive LoadVolatile Count")]);

    /// <summary>Without a version that goes up, looks at different moments count as one.</summary>
    [Fact]
    public void Planted_VersionThatIsNotRaised()
        => Verify.Finds(() => TwoReceives(reverse: true), Plant.Drop("VersionedMutex.Exit Store VersionedMutex._version"));

    /// <summary>A change that others see already counts, though the thread that makes it has not let go of the lock.</summary>
    [Fact]
    public void Planted_NoLookWhetherTheLockIsHeld()
        => Verify.Finds(() => SeenInTheLock(reverse: true), Plant.Blind("SpinMutex.get_IsHeld LoadVolatile _held"));

    private static ModelProgram TwoReceives(bool reverse)
    {
        Chan<int> first = new(1);
        Chan<int> second = new(1);
        first.TrySend(1);
        return Finds(
            () => TryReceive(first, second, reverse),
            () =>
            {
                second.TrySend(1);
                first.TryReceive(out _);
            });
    }

    private static ModelProgram SeenInTheLock(bool reverse)
    {
        Chan<int> first = new(1);
        Chan<int> second = new(1);
        first.TrySend(1);
        return Finds(
            () => TryReceive(first, second, reverse),
            () =>
            {
                if (second.Count != 0)
                {
                    first.TryReceive(out _);
                }
            })
            .Thread("sends", () => second.TrySend(1));
    }

    private static ModelProgram TwoSends(bool reverse)
    {
        Chan<int> first = new(1);
        Chan<int> second = new(1);
        second.TrySend(1);
        return Finds(
            () => new Select().Send(reverse ? second : first, 1, out _).Send(reverse ? first : second, 1, out _).TryWait(out _),
            () =>
            {
                second.TryReceive(out _);
                first.TrySend(1);
            });
    }

    private static ModelProgram ReceiveOrClosed(bool reverse)
    {
        Chan<int> first = new(1);
        Chan<int> second = new();
        first.TrySend(1);
        return Finds(
            () => TryReceive(first, second, reverse),
            () =>
            {
                second.Close();
                first.TryReceive(out _);
            });
    }

    private static ModelProgram ClosedThenEmptied()
    {
        Chan<int> channel = new(1);
        channel.TrySend(1);
        return Finds(
            () => channel.TryReceive(out _),
            () =>
            {
                channel.Close();
                channel.TryReceive(out _);
            });
    }

    private static bool TryReceive(Chan<int> first, Chan<int> second, bool reverse)
        => new Select().Receive(reverse ? second : first, out _).Receive(reverse ? first : second, out _).TryWait(out _);

    private static ModelProgram Finds(Func<bool> attempt, Action change)
    {
        bool found = false;
        return new ModelProgram { Check = () => Assert.True(found, "Nothing was found ready, though something always was.") }
            .Thread("looks", () => found = attempt())
            .Thread("changes", change);
    }
}
