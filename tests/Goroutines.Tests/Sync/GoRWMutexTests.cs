using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="GoRWMutex"/> promises wherever it is used. Go's sync/rwmutex_test.go is among it, named where it is.</summary>
public abstract class GoRWMutexTests(Place place)
{
    [Fact(DisplayName = "TestRWMutex: the Try forms")]
    public Task Try_SucceedsWhenTheLockAllowsIt() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        Holder writer = await mutex.LockAsync();
        Assert.False(mutex.TryLock(out Holder none));
        Assert.False(mutex.TryReadLock(out none));
        Assert.Equal(default, none);
        writer.Dispose();

        Assert.True(mutex.TryLock(out writer));
        writer.Dispose();
        Assert.True(mutex.TryReadLock(out Holder first));
        Assert.True(mutex.TryReadLock(out Holder second));
        Assert.False(mutex.TryLock(out _));
        first.Dispose();
        Assert.False(mutex.TryLock(out _));
        second.Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Theory(DisplayName = "TestParallelReaders")]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public Task ReadLockAsync_ManyReaders_HoldItTogether(int readers) => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        var locked = new Chan<bool>();
        var unlock = new Chan<bool>();
        Task all = Task.WhenAll(Enumerable.Range(0, readers).Select(_ => place.Start(async () =>
        {
            using (await mutex.ReadLockAsync())
            {
                await locked.SendAsync(true);
                await unlock.ReceiveAsync();
            }
        })));
        for (int i = 0; i < readers; i++)
        {
            await locked.ReceiveAsync();
        }

        for (int i = 0; i < readers; i++)
        {
            await unlock.SendAsync(true);
        }

        await all;
        Assert.True(mutex.TryLock(out _));
    });

    [Theory(DisplayName = "TestRWMutex: HammerRWMutex")]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public Task Hammer_TwoWritersAndReaders_ExcludeEachOther(int readers) => place.Run(async () =>
    {
        const int Rounds = 200;
        var mutex = new GoRWMutex();
        int activity = 0; // readers, and 10,000 for a writer
        IEnumerable<Task> all = Enumerable.Range(0, readers).Select(_ => place.Start(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                using (await mutex.ReadLockAsync())
                {
                    Assert.InRange(Interlocked.Increment(ref activity), 1, 9999);
                    if (i % 8 == 0)
                    {
                        await Go.Yield();
                    }

                    Interlocked.Decrement(ref activity);
                }
            }
        }));
        all = all.Concat(Enumerable.Range(0, 2).Select(_ => place.Start(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                using (await mutex.LockAsync())
                {
                    Assert.Equal(10_000, Interlocked.Add(ref activity, 10_000));
                    if (i % 8 == 0)
                    {
                        await Go.Yield();
                    }

                    Interlocked.Add(ref activity, -10_000);
                }
            }
        })));
        await Task.WhenAll(all.ToArray());
        Assert.True(mutex.TryLock(out _));
    });

    [Fact(DisplayName = "TestRLocker")]
    public Task WriterAndReader_TakeTurns() => place.Run(async () =>
    {
        const int Rounds = 10;
        var mutex = new GoRWMutex();
        var writeLocked = new Chan<Holder>(1);
        var readLocked = new Chan<(Holder, Holder)>(1);
        Task other = place.Start(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await readLocked.SendAsync((await mutex.ReadLockAsync(), await mutex.ReadLockAsync()));
                await writeLocked.SendAsync(await mutex.LockAsync());
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            (Holder first, Holder second) = (await readLocked.ReceiveAsync()).Value;
            first.Dispose();
            Assert.False(writeLocked.TryReceive(out _), "A reader did not keep the writer out.");
            second.Dispose();
            Holder writer = (await writeLocked.ReceiveAsync()).Value;
            Assert.False(readLocked.TryReceive(out _), "The writer did not keep the reader out.");
            writer.Dispose();
        }

        await other;
    });

    [Fact]
    public Task WaitingWriter_StopsNewReaders_AndComesBeforeThem() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        Holder reading = await mutex.ReadLockAsync();
        Task<Holder> writer = mutex.LockAsync().AsTask();
        Assert.False(mutex.TryReadLock(out _));
        Task<Holder> reader = mutex.ReadLockAsync().AsTask();
        reading.Dispose();
        Holder writing = await writer;
        Assert.False(reader.IsCompleted);
        writing.Dispose();
        (await reader).Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task WriterUnlocks_AllWaitingReadersComeBeforeTheNextWriter() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        Holder writing = await mutex.LockAsync();
        Task<Holder> nextWriter = mutex.LockAsync().AsTask();
        Task<Holder> first = mutex.ReadLockAsync().AsTask();
        Task<Holder> second = mutex.ReadLockAsync().AsTask();
        writing.Dispose();
        Holder one = await first;
        Holder two = await second;
        Assert.False(nextWriter.IsCompleted);
        Assert.False(mutex.TryReadLock(out _));
        one.Dispose();
        Assert.False(nextWriter.IsCompleted);
        two.Dispose();
        (await nextWriter).Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task Writers_TakeTurnsInTheOrderTheyCame() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        Holder held = await mutex.LockAsync();
        List<Task<Holder>> waiting = [.. Enumerable.Range(0, 4).Select(_ => mutex.LockAsync().AsTask())];
        held.Dispose();
        for (int i = 0; i < waiting.Count; i++)
        {
            Holder mine = await waiting[i];
            Assert.All(waiting.Skip(i + 1), later => Assert.False(later.IsCompleted));
            mine.Dispose();
        }
    });

    [Fact]
    public Task WaitingWriterCancelled_ReadersBehindItGoOn() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        using var source = new CancellationTokenSource();
        Holder reading = await mutex.ReadLockAsync();
        Task<Holder> writer = mutex.LockAsync(source.Token).AsTask();
        Task<Holder> reader = mutex.ReadLockAsync().AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer);
        Holder second = await reader;
        Assert.True(mutex.TryReadLock(out Holder third));
        reading.Dispose();
        second.Dispose();
        third.Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task WaitingReaderCancelled_LeavesTheOthers() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        using var source = new CancellationTokenSource();
        Holder writing = await mutex.LockAsync();
        Task<Holder> cancelled = mutex.ReadLockAsync(source.Token).AsTask();
        Task<Holder> reader = mutex.ReadLockAsync().AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        writing.Dispose();
        (await reader).Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    [Fact]
    public Task TokenCancelledBefore_ThrowsAndLeavesAFreeLockFree() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        var token = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mutex.LockAsync(token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mutex.ReadLockAsync(token).AsTask());
        Assert.True(mutex.TryLock(out _));
    });

    [Fact(DisplayName = "TestMutexMisuse: RWMutex.Unlock3, RWMutex.RUnlock3")]
    public Task Dispose_Twice_ThrowsAndFreesNobodyElse() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        Holder writer = await mutex.LockAsync();
        writer.Dispose();
        Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(writer.Dispose).Message, StringComparison.Ordinal);
        Holder next = await mutex.LockAsync();
        Assert.Throws<InvalidOperationException>(writer.Dispose);
        Task<Holder> waiting = mutex.ReadLockAsync().AsTask();
        Assert.Throws<InvalidOperationException>(writer.Dispose);
        Assert.False(waiting.IsCompleted);
        next.Dispose();

        Holder reader = await waiting;
        Holder other = await mutex.ReadLockAsync();
        reader.Dispose();
        Assert.Contains("unlocked", Assert.Throws<InvalidOperationException>(reader.Dispose).Message, StringComparison.Ordinal);
        Assert.False(mutex.TryLock(out _));

        // The hold that another reader gets now may be the same object as the one that was released.
        Holder third = await mutex.ReadLockAsync();
        Assert.Throws<InvalidOperationException>(reader.Dispose);
        other.Dispose();
        Assert.False(mutex.TryLock(out _));
        third.Dispose();
        Assert.True(mutex.TryLock(out _));
    });

    /// <summary>The reader that found the lock free is known by other means than those beside it: neither is taken for the other, nor for the one after it.</summary>
    [Fact]
    public Task FirstReaderAndOthers_EachHoldEndsOnce() => place.Run(async () =>
    {
        GoRWMutex mutex = new();
        Holder first = await mutex.ReadLockAsync();
        Holder beside = await mutex.ReadLockAsync();
        first.Dispose();
        Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.False(mutex.TryLock(out _));
        Holder third = await mutex.ReadLockAsync();
        beside.Dispose();
        Assert.Throws<InvalidOperationException>(beside.Dispose);
        Assert.Throws<InvalidOperationException>(first.Dispose);
        third.Dispose();

        Holder next = await mutex.ReadLockAsync();
        Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.False(mutex.TryLock(out _));
        ValueTask<Holder> writer = mutex.LockAsync();
        next.Dispose(); // the last one out lets the writer in
        Holder writing = await writer;
        Assert.Throws<InvalidOperationException>(next.Dispose);
        writing.Dispose();
        Assert.True(mutex.TryLock(out writing));
        writing.Dispose();
    });

    /// <summary>Of two that dispose one hold at the same time one is told so, and other readers and writers are not harmed.</summary>
    [Fact]
    public Task FirstReader_DisposedByTwoAtOnce_EndsOnce() => place.Run(async () =>
    {
        GoRWMutex mutex = new();
        for (int round = 0; round < 500; round++)
        {
            Holder first = await mutex.ReadLockAsync();
            Holder beside = round % 2 == 0 ? await mutex.ReadLockAsync() : default;
            ValueTask<Holder> writer = round % 3 == 0 ? mutex.LockAsync() : default;
            int thrown = 0;
            Task[] both = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                try
                {
                    first.Dispose();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref thrown);
                }
            }))];
            await Task.WhenAll(both);
            Assert.Equal(1, thrown);
            beside.Dispose();
            (await writer).Dispose();
            Assert.True(mutex.TryLock(out Holder free));
            free.Dispose();
        }
    });

    [Fact]
    public Task Lock_Synchronous_ExcludesAsynchronousOnes() => place.Run(async () =>
    {
        var mutex = new GoRWMutex();
        int value = 0;
        Task threads = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => PlainThread.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                using (mutex.Lock())
                {
                    value++;
                }

                using (mutex.ReadLock())
                {
                    Assert.NotEqual(0, Volatile.Read(ref value));
                }
            }
        })));
        for (int i = 0; i < 300; i++)
        {
            using (await mutex.LockAsync())
            {
                value++;
                await Go.Yield();
            }
        }

        await threads;
        Assert.Equal(900, value);
    });
}

public sealed class GoRWMutexInPoolTests() : GoRWMutexTests(Place.Pool);

public sealed class GoRWMutexInGoroutineTests() : GoRWMutexTests(Place.Goroutine);
