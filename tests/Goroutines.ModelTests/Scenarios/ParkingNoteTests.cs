using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A thread's place to sleep: no wake-up is lost, whatever it meets.</summary>
public class ParkingNoteTests
{
    [Fact]
    public void Sleep_UntilThereIsNews_OneWaker() => Verify.Holds(() => NewsForASleeper(wakers: 1));

    [Fact]
    public void Sleep_UntilThereIsNews_TwoWakers() => Verify.Holds(() => NewsForASleeper(wakers: 2));

    [Fact]
    public void Sleep_WithATimeOut_TakesEachWakeUpOnce() => Verify.Holds(TimeOutAgainstWaker, new ExplorerOptions { EndOfTime = long.MaxValue });

    [Fact]
    public void Sleep_UntilThereIsNews_TwoWakers_LoadsReordered() => Verify.HoldsReordered(() => NewsForASleeper(wakers: 2));

    [Fact]
    public void Sleep_WithATimeOut_LoadsReordered() => Verify.HoldsReordered(TimeOutAgainstWaker, options: new ExplorerOptions { EndOfTime = long.MaxValue });

    /// <summary>The store that empties the note, without a fence before the look for news: found in this library once.</summary>
    [Fact]
    public void Planted_NoteEmptiedByAPlainStore() => Verify.Finds(() => NewsForASleeper(wakers: 2), Plant.Weaken("ParkingNote.Sleep Exchange _state"));

    [Fact]
    public void Planted_WakerLooksAndThenStores() => Verify.Finds(() => NewsForASleeper(wakers: 1), Plant.Weaken("ParkingNote.Wake Exchange _state"));

    [Fact]
    public void Planted_SleeperLooksAndThenStores() => Verify.Finds(() => NewsForASleeper(wakers: 1), Plant.Weaken("ParkingNote.Sleep CompareExchange _state"));

    /// <summary>Sleeps until all wakers have stored their news, as workers and blocked threads do.</summary>
    private static ModelProgram NewsForASleeper(int wakers)
    {
        ParkingNote note = new();
        int news = 0;
        ModelProgram program = new ModelProgram().Thread("sleeper", () =>
        {
            while (Shared.Read(ref news) != wakers)
            {
                note.Sleep(-1);
            }
        });
        for (int i = 0; i < wakers; i++)
        {
            program.Thread($"waker {i}", () =>
            {
                Shared.Add(ref news, 1);
                note.Wake();
            });
        }

        return program;
    }

    private static ModelProgram TimeOutAgainstWaker()
    {
        ParkingNote note = new();
        bool first = false;
        bool second = false;
        return new ModelProgram
        {
            // One wake-up ends one sleep; the other one ends by time.
            Check = () => Assert.True(first != second, $"woken: {first}, {second}"),
        }
        .Thread("sleeper", () =>
        {
            first = note.Sleep(1000);
            second = note.Sleep(1000);
        })
        .Thread("waker", () => note.Wake());
    }
}
