using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>Bodies that are still on a thread when their runtime is stopped: they come to their end, and nothing they do there hangs.</summary>
public sealed class StoppedBodiesTests : IAsyncDisposable
{
    private readonly Chan<int> _never = new();
    private readonly GoRuntime _runtime = new(new GoRuntimeOptions { MaxProcs = 2 });

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Fact]
    public async Task AsyncBody_BlockedInASynchronousForm_IsTold()
    {
        var told = new TaskCompletionSource<Exception>();
        Goroutine goroutine = _runtime.Run(async () =>
        {
            await Go.Yield();
            try
            {
                _never.Receive();
            }
            catch (Exception exception)
            {
                told.SetResult(exception);
                throw;
            }
        });
        await Poll.UntilAsync(() => _runtime.Snapshot().Any(static g => g.Status == GoroutineStatus.Blocking), "the body to block");
        await Ended.DisposeAsync(_runtime);
        Assert.IsType<ObjectDisposedException>(await told.Task.WaitAsync(Limits.Wait));
        await Ended.ToldAsync(goroutine.JoinAsync());
        Assert.False(_never.TrySend(1)); // it has left the queue
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AsyncBody_BlockedElsewhere_IsTold(int kind)
    {
        var told = new TaskCompletionSource<Exception>();
        var waiting = new TaskCompletionSource();
        _runtime.Spawn(async () =>
        {
            await Go.Yield();
            waiting.SetResult();
            try
            {
                switch (kind)
                {
                    case 0:
                        Go.Wait(new TaskCompletionSource().Task);
                        break;
                    case 1:
                        Go.Blocking(() => _never.Receive());
                        break;
                    default:
                        Go.Wait(Go.SleepAsync(Timeout.InfiniteTimeSpan));
                        break;
                }
            }
            catch (Exception exception)
            {
                told.SetResult(exception);
            }
        });
        await waiting.Task.WaitAsync(Limits.Wait);
        await Ended.DisposeAsync(_runtime);
        Assert.IsType<ObjectDisposedException>(await told.Task.WaitAsync(Limits.Wait));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task AsyncBodies_ThatPassValuesSynchronously_End(int capacity)
    {
        var values = new Chan<int>(capacity);
        long passed = 0;
        Goroutine sender = _runtime.Run(() =>
        {
            while (true)
            {
                values.Send(1);
            }
#pragma warning disable CS0162 // makes it an asynchronous body
            return default(ValueTask);
#pragma warning restore CS0162
        });
        Goroutine receiver = _runtime.Run(() =>
        {
            while (true)
            {
                values.Receive();
                Interlocked.Increment(ref passed);
            }
#pragma warning disable CS0162
            return default(ValueTask);
#pragma warning restore CS0162
        });
        await Poll.UntilAsync(() => Interlocked.Read(ref passed) > 100, "values to be passed");
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(sender.JoinAsync());
        await Ended.ToldAsync(receiver.JoinAsync());
    }

    [Fact]
    public async Task SynchronousBody_ThatNeverWaits_EndsAtASynchronousForm()
    {
        var values = new Chan<int>(1000);
        Goroutine sender = _runtime.Run(() =>
        {
            while (true)
            {
                values.Send(1);
                values.TryReceive(out _);
            }
        });
        await Poll.UntilAsync(() => _runtime.Count != 0, "the body to run");
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(sender.JoinAsync());
    }

    [Fact]
    public async Task SynchronousBody_Unwinding_MayDoAnything()
    {
        var mutex = new GoMutex();
        var contended = new GoMutex();
        using Holder hold = await contended.LockAsync();
        var log = new List<string>();
        Goroutine<int> goroutine = _runtime.Run(() =>
        {
            try
            {
                return _never.Receive().Value;
            }
            catch (ObjectDisposedException)
            {
                log.Add(Attempt(() => Go.Blocking(() => { })));
                log.Add(Attempt(() => { using (Go.EnterBlocking()) { Thread.Yield(); } }));
                log.Add(Attempt(() => { lock (log) { } }));
                log.Add(Attempt(() => mutex.Lock().Dispose()));
                log.Add(Attempt(() => new Chan<int>(1).TrySend(1)));
                log.Add(Attempt(() => Task.Delay(1).Wait()));
                log.Add(Attempt(() => Go.Blocking(() => _never.Receive())));
                log.Add(Attempt(() => contended.Lock().Dispose()));
                log.Add(Attempt(() => _never.Receive()));
                log.Add(Attempt(() => { _ = Go.Yield(); }));
                log.Add(Attempt(() => Go.Wait(Go.Yield())));
                log.Add(Attempt(() => Go.Wait(Go.SleepAsync(TimeSpan.Zero))));
                log.Add(Attempt(() => Go.Wait(Go.SleepAsync(TimeSpan.FromMilliseconds(1)))));
                log.Add(Attempt(() => Go.Wait(new TaskCompletionSource().Task)));
                log.Add(Attempt(() => new Select().Receive(_never, out ReceiveCase<int> _).Wait()));
                log.Add(Attempt(() => Go.Spawn(() => default(ValueTask))));
                log.Add(Attempt(() => new WeightedSemaphore(1).Acquire(1)));
                return 42;
            }
        });
        await Ended.ParkedAsync(_runtime, "chan receive");
        await Ended.DisposeAsync(_runtime);
        Assert.Equal(42, await goroutine.JoinAsync().AsTask().WaitAsync(Limits.Wait)); // it has ended well
        Assert.All(log, static outcome => Assert.True(outcome is "" or nameof(ObjectDisposedException), outcome));
        Assert.All(log.Take(6), static outcome => Assert.Equal("", outcome));
        Assert.All(log.Skip(6).Take(9), static outcome => Assert.Equal(nameof(ObjectDisposedException), outcome));
    }

    [Fact]
    public async Task SynchronousBody_InABlockingRegion_ComesBack()
    {
        using var release = new ManualResetEventSlim();
        var inside = new TaskCompletionSource();
        Goroutine<int> goroutine = _runtime.Run(() =>
        {
            Go.Blocking(() =>
            {
                inside.SetResult();
                release.Wait();
            });
            return 42;
        });
        await inside.Task.WaitAsync(Limits.Wait);
        await Ended.DisposeAsync(_runtime);
        release.Set();
        Assert.Equal(42, await goroutine.JoinAsync().AsTask().WaitAsync(Limits.Wait));
    }

    [Fact]
    public async Task AsyncBody_InABlockingRegion_ComesBack()
    {
        using var release = new ManualResetEventSlim();
        var inside = new TaskCompletionSource();
        Goroutine<int> goroutine = _runtime.Run(() =>
        {
            Go.Blocking(() =>
            {
                inside.SetResult();
                release.Wait();
            });
            return new ValueTask<int>(42);
        });
        await inside.Task.WaitAsync(Limits.Wait);
        ValueTask disposing = _runtime.DisposeAsync();
        release.Set();
        Assert.Equal(42, await goroutine.JoinAsync().AsTask().WaitAsync(Limits.Wait));
        await disposing;
    }

    private static string Attempt(Action attempt)
    {
        try
        {
            attempt();
            return "";
        }
        catch (AggregateException exception)
        {
            return exception.InnerExceptions[0].GetType().Name;
        }
        catch (Exception exception)
        {
            return exception.GetType().Name;
        }
    }
}
