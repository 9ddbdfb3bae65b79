using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>Go's sync/rwmutex_test.go.</summary>
public class RWMutexTests
{
    private const int Writer = 10_000;

    [Theory(DisplayName = "go: sync/rwmutex_test.go TestParallelReaders")]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 2)]
    public Task ReadLock_Readers_HoldItTogether(int readers, int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var mutex = new GoRWMutex();
        var locked = new Chan<int>();
        var unlock = new Chan<int>();
        Goroutine[] all = OnStacks.Start(readers, number =>
        {
            using (mutex.ReadLock())
            {
                locked.Send(number);
                unlock.Receive();
            }
        });
        for (int i = 0; i < readers; i++)
        {
            locked.Receive();
        }

        Assert.False(mutex.TryLock(out _), "A writer got in among the readers.");
        for (int i = 0; i < readers; i++)
        {
            unlock.Send(i);
        }

        OnStacks.Join(all);
        Assert.True(mutex.TryLock(out _));
    });

    [Fact(DisplayName = "go: sync/rwmutex_test.go TestRWMutex")]
    public Task LockAndReadLock_AllTheWays_ExcludeAsTheyShould() => OnStacks.RunAsync(1, () =>
    {
        var mutex = new GoRWMutex();
        Holder writer = mutex.Lock();
        Assert.False(mutex.TryLock(out _), "TryLock beside a writer succeeded.");
        Assert.False(mutex.TryReadLock(out _), "TryReadLock beside a writer succeeded.");
        writer.Dispose();
        Assert.True(mutex.TryLock(out writer), "TryLock of a free lock failed.");
        writer.Dispose();
        Assert.True(mutex.TryReadLock(out Holder first), "TryReadLock of a free lock failed.");
        Assert.True(mutex.TryReadLock(out Holder second), "TryReadLock beside a reader failed.");
        Assert.False(mutex.TryLock(out _), "TryLock beside readers succeeded.");
        first.Dispose();
        second.Dispose();

        foreach (int maxProcs in (int[])[1, 4, 10])
        {
            Go.MaxProcs = maxProcs;
            foreach (int readers in (int[])[1, 3, 5, 10])
            {
                Hammer(readers);
            }
        }
    });

    [Theory(DisplayName = "go: sync/rwmutex_test.go TestRLocker")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Lock_AndTwoReadLocks_TakeTurns(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        const int Rounds = 10;
        var mutex = new GoRWMutex();
        var writeLocked = new Chan<Holder>(1);
        var readLocked = new Chan<(Holder First, Holder Second)>(1);
        Goroutine other = Go.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Holder first = mutex.ReadLock();
                readLocked.Send((first, mutex.ReadLock()));
                writeLocked.Send(mutex.Lock());
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            (Holder first, Holder second) = readLocked.Receive().Value;
            first.Dispose();
            Assert.False(writeLocked.TryReceive(out _), "One of two readers left, and the writer got in.");
            second.Dispose();
            Holder writer = writeLocked.Receive().Value;
            Assert.False(readLocked.TryReceive(out _), "A reader got in beside the writer.");
            writer.Dispose();
        }

        other.Join();
    });

    /// <summary>Two writers and some readers; the number tells who is inside: 1 for a reader, <see cref="Writer"/> for a writer.</summary>
    private static void Hammer(int readers)
    {
        const int Rounds = 50;
        var mutex = new GoRWMutex();
        int inside = 0;
        OnStacks.Join(OnStacks.Start(readers + 2, number =>
        {
            bool writes = number == 0 || number == 1 + (readers / 2);
            for (int i = 0; i < Rounds; i++)
            {
                if (writes)
                {
                    using (mutex.Lock())
                    {
                        Assert.Equal(Writer, Interlocked.Add(ref inside, Writer));
                        Thread.SpinWait(20);
                        Interlocked.Add(ref inside, -Writer);
                    }
                }
                else
                {
                    using (mutex.ReadLock())
                    {
                        Assert.InRange(Interlocked.Increment(ref inside), 1, readers);
                        Thread.SpinWait(20);
                        Interlocked.Decrement(ref inside);
                    }
                }
            }
        }));
        Assert.True(mutex.TryLock(out _));
    }
}
