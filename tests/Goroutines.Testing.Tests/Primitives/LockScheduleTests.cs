using Xunit;

#pragma warning disable GOR209 // the attempt is all that is wanted
namespace Goroutines.Testing.Tests.Primitives;

public sealed class LockScheduleTests
{
    [Fact]
    public void GoMutex_ThreeLockersOneCancelled_ExcludeEachOtherAndLeaveItFree() => Every.Schedule(
        async () =>
        {
            var mutex = new GoMutex();
            using var source = new CancellationTokenSource();
            int inside = 0, entered = 0;
            Goroutine[] lockers = [Go.Run(() => Enter(default)), Go.Run(() => Enter(default))];
            Goroutine<bool> cancelled = Go.Run(() => Every.Succeeds(() => Enter(source.Token)));
            source.Cancel();
            foreach (Goroutine locker in lockers)
            {
                await locker;
            }

            Assert.Equal(await cancelled ? 3 : 2, entered);
            Assert.True(mutex.TryLock(out Holder free));
            free.Dispose();

            async ValueTask Enter(CancellationToken token)
            {
                using (await mutex.LockAsync(token))
                {
                    Assert.Equal(1, ++inside);
                    entered++;
                    await Go.Yield();
                    inside--;
                }
            }
        },
        preemptions: 2);

    [Fact]
    public void GoMutex_CancelledWhileWaiting_PassesTheLockOn() => Every.Schedule(
        async () =>
        {
            var mutex = new GoMutex();
            using var source = new CancellationTokenSource();
            Holder held = await mutex.LockAsync();
            Goroutine<bool> first = Go.Run(() => Every.Succeeds(async () => (await mutex.LockAsync(source.Token)).Dispose()));
            Goroutine second = Go.Run(async () => (await mutex.LockAsync()).Dispose());
            Goroutine canceller = Go.Run(() =>
            {
                source.Cancel();
                return ValueTask.CompletedTask;
            });
            await Go.Yield();
            held.Dispose();
            await first;
            await second;
            await canceller;
            Assert.True(mutex.TryLock(out _));
        },
        preemptions: 3);

    [Fact]
    public void GoMutex_SynchronousLockers_ExcludeEachOther() => Every.Schedule(
        static async () =>
        {
            var mutex = new GoMutex();
            int inside = 0;
            Goroutine one = Go.Run((Action)Enter), two = Go.Run((Action)Enter);
            await one;
            await two;

            void Enter()
            {
                using (mutex.Lock())
                {
                    Assert.Equal(1, ++inside);
                    mutex.TryLock(out _);
                    inside--;
                }
            }
        },
        preemptions: 2);

    [Fact]
    public void GoRWMutex_ReadersAndWriters_ExcludeEachOther() => Every.Schedule(
        async () =>
        {
            var mutex = new GoRWMutex();
            int readers = 0, writers = 0;
            Goroutine[] all = [Go.Run(Read), Go.Run(Write), Go.Run(Read), Go.Run(Write)];
            foreach (Goroutine each in all)
            {
                await each;
            }

            Assert.True(mutex.TryLock(out _));

            async ValueTask Read()
            {
                using (await mutex.ReadLockAsync())
                {
                    readers++;
                    Assert.Equal(0, writers);
                    await Go.Yield();
                    readers--;
                }
            }

            async ValueTask Write()
            {
                using (await mutex.LockAsync())
                {
                    Assert.Equal((0, 1), (readers, ++writers));
                    await Go.Yield();
                    writers--;
                }
            }
        },
        preemptions: 1);

    [Fact]
    public void GoRWMutex_CancelledWriter_LetsReadersPass() => Every.Schedule(
        async () =>
        {
            var mutex = new GoRWMutex();
            using var source = new CancellationTokenSource();
            Holder reading = await mutex.ReadLockAsync();
            Goroutine<bool> writer = Go.Run(() => Every.Succeeds(async () => (await mutex.LockAsync(source.Token)).Dispose()));
            Goroutine reader = Go.Run(async () => (await mutex.ReadLockAsync()).Dispose());
            source.Cancel();
            await reader; // also while the first reader still reads
            reading.Dispose();
            await writer;
            Assert.True(mutex.TryLock(out _));
        });

    [Fact]
    public void GoCond_SignalAgainstCancel_IsNotLost() => Every.Schedule(
        async () =>
        {
            var mutex = new GoMutex();
            var changed = new GoCond(mutex);
            using var source = new CancellationTokenSource();
            int items = 0, taken = 0;
            Goroutine<bool> impatient = Go.Run(() => Every.Succeeds(() => Take(source.Token)));
            Goroutine patient = Go.Run(() => Take(default));
            Goroutine producer = Go.Run(async () =>
            {
                using (await mutex.LockAsync())
                {
                    items++;
                    changed.Signal();
                }
            });
            Goroutine canceller = Go.Run(() =>
            {
                source.Cancel();
                return ValueTask.CompletedTask;
            });
            await producer;
            await canceller;
            if (await impatient)
            {
                using (await mutex.LockAsync())
                {
                    items++;
                    changed.Signal();
                }
            }

            await patient;
            Assert.Equal(0, items);

            async ValueTask Take(CancellationToken token)
            {
                using (await mutex.LockAsync(token))
                {
                    while (items == 0)
                    {
                        await changed.WaitAsync(token);
                    }

                    items--;
                    taken++;
                }
            }
        },
        preemptions: 2);

    [Fact]
    public void GoCond_Broadcast_WakesAllThatWait() => Every.Schedule(
        async () =>
        {
            var mutex = new GoMutex();
            var changed = new GoCond(mutex);
            bool open = false;
            Goroutine one = Go.Run(Pass), two = Go.Run(Pass);
            using (await mutex.LockAsync())
            {
                open = true;
            }

            changed.Broadcast();
            await one;
            await two;

            async ValueTask Pass()
            {
                using (await mutex.LockAsync())
                {
                    while (!open)
                    {
                        await changed.WaitAsync();
                    }
                }
            }
        });
}
