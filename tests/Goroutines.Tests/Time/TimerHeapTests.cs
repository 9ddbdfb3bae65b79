using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Time;

/// <summary>The heap of a P's timers.</summary>
public class TimerHeapTests
{
    [Fact]
    public void RunDue_ExpiresWhatIsDue_InOrderOfTime()
    {
        Random random = new(Seed.Get(nameof(RunDue_ExpiresWhatIsDue_InOrderOfTime)));
        TimerHeap heap = new();
        List<long> expired = [];
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(heap.TryAdd(new TimerEntry(random.Next(1, 500), new Recorder(expired.Add), 0), out _));
        }

        heap.RunDue(250);
        Assert.All(expired, when => Assert.InRange(when, 1, 250));
        heap.RunDue(500);
        Assert.Equal(1000, expired.Count);
        Assert.Equal(long.MaxValue, heap.NextWhen);

        // Within one batch the order is that of the times; batches follow each other.
        Assert.Equal(expired.Order(), expired);
    }

    [Fact]
    public void TryAdd_SaysWhetherTheEntryIsTheFirst()
    {
        TimerHeap heap = new();
        heap.TryAdd(new TimerEntry(10, new Recorder(_ => { }), 0), out bool first);
        Assert.True(first);
        heap.TryAdd(new TimerEntry(20, new Recorder(_ => { }), 0), out first);
        Assert.False(first);
        heap.TryAdd(new TimerEntry(5, new Recorder(_ => { }), 0), out first);
        Assert.True(first);
        Assert.Equal(5, heap.NextWhen);
    }

    [Fact]
    public void FindNextArmed_DropsStaleEntriesBeforeIt()
    {
        TimerHeap heap = new();
        Recorder target = new(_ => { }) { Arming = 1 };
        heap.TryAdd(new TimerEntry(10, target, 0), out _);
        heap.TryAdd(new TimerEntry(20, target, 1), out _);
        heap.TryAdd(new TimerEntry(30, target, 0), out _);
        Assert.Equal(10, heap.NextWhen);
        Assert.Equal(20, heap.FindNextArmed());
        Assert.Equal(20, heap.NextWhen);
        List<TimerEntry> armed = [];
        heap.TakeDue(long.MaxValue - 1, armed);
        Assert.Equal([20], armed.Select(entry => entry.When));
    }

    [Fact]
    public void TakeDue_GivesWhatIsDueAndStandsInOrder()
    {
        TimerHeap heap = new();
        List<long> expired = [];
        Recorder target = new(expired.Add) { Arming = 1 };
        foreach (long when in new long[] { 30, 10, 40, 20 })
        {
            heap.TryAdd(new TimerEntry(when, target, 1), out _);
            heap.TryAdd(new TimerEntry(when, target, 0), out _);
        }

        List<TimerEntry> due = [];
        heap.TakeDue(30, due);
        Assert.Equal([10, 20, 30], due.Select(entry => entry.When));
        Assert.Equal(40, heap.FindNextArmed());
        Assert.Empty(expired);
    }

    [Fact]
    public void StaleEntries_AreDroppedBeforeTheHeapGrows()
    {
        TimerHeap heap = new();
        List<long> expired = [];
        Recorder stale = new(expired.Add) { Arming = -1 };
        for (int i = 0; i < 100_000; i++)
        {
            heap.TryAdd(new TimerEntry(1000 + i, stale, 0), out _);
        }

        Recorder live = new(expired.Add);
        heap.TryAdd(new TimerEntry(5, live, 0), out _);
        Assert.InRange(heap.Close().Count, 1, 64);
    }

    [Fact]
    public void Close_TakesAllEntriesOut_AndRefusesMoreUntilOpened()
    {
        TimerHeap heap = new();
        TimerEntry entry = new(5, new Recorder(_ => { }), 0);
        heap.TryAdd(entry, out _);
        Assert.Equal([entry], heap.Close());
        Assert.False(heap.TryAdd(entry, out _));
        heap.Open();
        Assert.True(heap.TryAdd(entry, out _));
    }

    [Fact]
    public void ArmingState_ExpiryAndStop_OneOfThemWins()
    {
        int rounds = Load.Times(2000);
        using Barrier start = new(2);
        Box state = new();
        int arming = 0;
        int stopped = 0;
        int claimed = 0;
        Thread stopper = new(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                start.SignalAndWait();
                stopped += state.Arming.TryDisarm() ? 1 : 0;
                start.SignalAndWait();
            }
        });
        arming = state.Arming.Arm();
        stopper.Start();
        for (int i = 0; i < rounds; i++)
        {
            start.SignalAndWait();
            claimed += state.Arming.TryClaim(arming) ? 1 : 0;
            start.SignalAndWait();
            Assert.Equal(i + 1, stopped + claimed);
            Assert.False(state.Arming.Stands(arming));
            arming = state.Arming.Arm();

            // The stopper is at its next barrier or before it: nobody else touches the state now.
        }

        stopper.Join();
    }

    private sealed class Box
    {
        internal ArmingState Arming;
    }

    private sealed class Recorder(Action<long> expired) : ITimed
    {
        private long _when;

        internal int Arming { get; init; }

        public bool IsArmed(int arming) => arming == Arming;

        public void Expire(int arming)
        {
            _when++;
            expired(_when);
        }
    }

    [Fact]
    public void Reopen_TakesTheRestBack_InOrder()
    {
        var heap = new TimerHeap();
        var expired = new List<int>();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(heap.TryAdd(new TimerEntry(1000 - ((i * 37) % 100), new Noting(expired), i), out _));
        }

        ArraySegment<TimerEntry> closed = heap.Close();
        Assert.False(heap.TryAdd(new TimerEntry(1, new Noting(expired), 0), out _));
        int[] rest = [.. closed.Skip(30).Select(static entry => entry.Arming)];
        long first = closed.Skip(30).Min(static entry => entry.When);
        heap.Reopen(closed, 30);
        Assert.Equal(first, heap.NextWhen);
        Assert.True(heap.TryAdd(new TimerEntry(1, new Noting(expired), 1000), out bool isFirst));
        Assert.True(isFirst);
        heap.RunDue(1000);
        Assert.Equal(1000, expired[0]);
        Assert.Equal(rest.OrderBy(static i => 1000 - ((i * 37) % 100)), expired.Skip(1));
        Assert.Equal(long.MaxValue, heap.NextWhen);
    }

    private sealed class Noting(List<int> expired) : ITimed
    {
        public bool IsArmed(int arming) => true;

        public void Expire(int arming) => expired.Add(arming);
    }
}
