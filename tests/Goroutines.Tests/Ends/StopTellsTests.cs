using System.Collections.Concurrent;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>A wait for a goroutine of a runtime that was disposed of ends.</summary>
public sealed class StopTellsTests : IAsyncDisposable
{
    private readonly Chan<int> _never = new();
    private readonly ConcurrentQueue<PanicInfo> _panics = new();
    private readonly GoRuntime _runtime;

    public StopTellsTests() => _runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 2, PanicHandler = _panics.Enqueue, DetectDeadlocks = false });

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Fact]
    public async Task Main_RuntimeDisposed_Throws()
    {
        Task[] mains =
        [
            PlainThread.Run(() => _runtime.Main(async () => { await _never.ReceiveAsync(); })),
            PlainThread.Run(() => _runtime.Main(async () => (await _never.ReceiveAsync()).Value)),
            PlainThread.Run(() => _runtime.Main(() => { _never.Receive(); })),
            PlainThread.Run(() => _runtime.Main(() => _never.Receive().Value)),
        ];
        await Ended.ParkedAsync(_runtime, "chan receive", 4);
        await Ended.DisposeAsync(_runtime);
        foreach (Task main in mains)
        {
            await Ended.ToldAsync(main);
        }

        Assert.Throws<ObjectDisposedException>(() => _runtime.Main(() => default(ValueTask)));
    }

    [Fact]
    public async Task Join_Parked_Throws()
    {
        Goroutine plain = _runtime.Run(async () => { await _never.ReceiveAsync(); });
        Goroutine<int> result = _runtime.Run(async () => (await _never.ReceiveAsync()).Value);
        Goroutine onTask = _runtime.Run(async () => await new TaskCompletionSource().Task);
        Goroutine stackful = _runtime.Run(() => { _never.Receive(); });
        Goroutine<int> stackfulResult = _runtime.Run(() => _never.Receive().Value);
        Task blocked = PlainThread.Run(plain.Join);
        Goroutine inOther = Go.Run(async () => await plain);
        await Ended.ParkedAsync(_runtime, "chan receive", 4);
        await Ended.ParkedAsync(_runtime, "task");
        Task before = result.JoinAsync().AsTask();
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(before);
        await Ended.ToldAsync(blocked);
        await Ended.ToldAsync(inOther.JoinAsync());
        await Ended.ToldAsync(plain.JoinAsync());
        await Ended.ToldAsync(result.JoinAsync().AsTask());
        await Ended.ToldAsync(onTask.JoinAsync());
        await Ended.ToldAsync(stackful.JoinAsync());
        await Ended.ToldAsync(stackfulResult.JoinAsync().AsTask());
    }

    [Fact]
    public async Task Join_NeverRun_Throws()
    {
        using var release = new ManualResetEventSlim();
        var runtime = new GoRuntime(new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });
        var running = new TaskCompletionSource();
        Goroutine hog = runtime.Run(() =>
        {
            running.SetResult();
            while (!release.IsSet)
            {
                Thread.SpinWait(100);
            }
        });
        await running.Task.WaitAsync(Limits.Wait);
        Goroutine queued = runtime.Run(() => default(ValueTask));
        Goroutine waitsForThread = runtime.Run(() => { });
        Task disposing = Ended.DisposeAsync(runtime);
        await Ended.ToldAsync(queued.JoinAsync());
        await Ended.ToldAsync(waitsForThread.JoinAsync());
        Assert.False(hog.JoinAsync().IsCompleted); // it is in its turn, and may end well
        release.Set();
        await hog.JoinAsync().AsTask().WaitAsync(Limits.Wait);
        await disposing;
    }

    [Fact]
    public async Task Join_InItsLastTurn_GetsTheOutcome()
    {
        using var release = new ManualResetEventSlim();
        var running = new TaskCompletionSource();
        Goroutine<int> ends = _runtime.Run(() =>
        {
            running.SetResult();
            while (!release.IsSet)
            {
                Thread.SpinWait(100);
            }

            return new ValueTask<int>(42);
        });
        await running.Task.WaitAsync(Limits.Wait);
        Task disposing = Ended.DisposeAsync(_runtime);
        await Poll.UntilAsync(() => Refuses(_runtime), "the runtime to stop");
        release.Set();
        Assert.Equal(42, await ends.JoinAsync().AsTask().WaitAsync(Limits.Wait));
        await disposing;
    }

    [Fact]
    public async Task Join_ParksInItsLastTurn_Throws()
    {
        using var release = new ManualResetEventSlim();
        var running = new TaskCompletionSource();
        Goroutine parks = _runtime.Run(async () =>
        {
            running.SetResult();
            while (!release.IsSet)
            {
                Thread.SpinWait(100);
            }

            await Go.Yield();
        });
        await running.Task.WaitAsync(Limits.Wait);
        Task disposing = Ended.DisposeAsync(_runtime);
        await Poll.UntilAsync(() => Refuses(_runtime), "the runtime to stop");
        release.Set();
        await Ended.ToldAsync(parks.JoinAsync());
        await disposing;
    }

    [Fact]
    public async Task Handles_NobodyJoins_AreNoPanics()
    {
        for (int i = 0; i < 10; i++)
        {
            _ = _runtime.Run(async () => await _never.ReceiveAsync());
            _runtime.Spawn(() => { _never.Receive(); });
            _runtime.Spawn(async () => await _never.ReceiveAsync());
        }

        await Ended.ParkedAsync(_runtime, "chan receive", 30);
        await Ended.DisposeAsync(_runtime);
        Assert.Empty(_runtime.Scheduler.Stacks.Threads); // it has waited for them to unwind
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Empty(_panics);
    }

    [Fact]
    public async Task UnwoundBody_FailsOtherwise_IsAPanic()
    {
        _runtime.Spawn(() =>
        {
            try
            {
                _never.Receive();
            }
            catch (ObjectDisposedException)
            {
                throw new InvalidOperationException("while unwinding");
            }
        });
        await Ended.ParkedAsync(_runtime, "chan receive");
        await Ended.DisposeAsync(_runtime);
        await Poll.UntilAsync(() => !_panics.IsEmpty, "the panic");
        Assert.Equal("while unwinding", Assert.Single(_panics).Exception.Message);
    }

    [Fact]
    public async Task Scope_ChildAbandoned_Throws()
    {
        Task scope = _runtime.ScopeAsync(scope =>
        {
            scope.Spawn(async () => await _never.ReceiveAsync());
            scope.Spawn(() => { _never.Receive(); });
            return default;
        }).AsTask();
        await Ended.ParkedAsync(_runtime, "chan receive", 2);
        await Ended.DisposeAsync(_runtime);
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => scope.WaitAsync(Limits.Wait));
        Assert.All(failure is AggregateException several ? several.InnerExceptions : [failure], static inner => Assert.IsType<ObjectDisposedException>(inner));
    }

    [Fact]
    public async Task ErrGroup_GoroutineAbandoned_FailsAndCancels()
    {
        var group = new ErrGroup();
        await _runtime.Run(() =>
        {
            group.Spawn(async () => await _never.ReceiveAsync());
            return default(ValueTask);
        });
        Task waiting = group.WaitAsync().AsTask();
        await Ended.ParkedAsync(_runtime, "chan receive");
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(waiting);
        Assert.True(group.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task WaitGroup_GoroutineAbandoned_CountsAsDone()
    {
        var group = new WaitGroup();
        await _runtime.Run(() =>
        {
            group.Spawn(async () => await _never.ReceiveAsync());
            group.Spawn(() => { _never.Receive(); });
            return default(ValueTask);
        });
        await Ended.ParkedAsync(_runtime, "chan receive", 2);
        await Ended.DisposeAsync(_runtime);
        await group.WaitAsync().AsTask().WaitAsync(Limits.Wait);
        Assert.Empty(_panics);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SingleFlight_LeaderAbandoned_LandsForTheOthers(bool leaderHasToken)
    {
        var flights = new SingleFlight<string, int>();
        using var source = new CancellationTokenSource();
        _runtime.Spawn(async () => await flights.DoAsync("key", async () => (await _never.ReceiveAsync()).Value, leaderHasToken ? source.Token : default));
        await Ended.ParkedAsync(_runtime, "chan receive");
        Task passenger = flights.DoAsync("key", () => new ValueTask<int>(0)).AsTask();
        Assert.False(passenger.IsCompleted);
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(passenger);
        Assert.Equal((7, false), await flights.DoAsync("key", () => new ValueTask<int>(7)));
    }

    [Fact]
    public async Task SingleFlight_LeaderUnwound_LandsForTheOthers()
    {
        var flights = new SingleFlight<string, int>();
        _runtime.Spawn(() => { flights.Do("key", () => _never.Receive().Value); });
        await Ended.ParkedAsync(_runtime, "chan receive");
        Task passenger = flights.DoAsync("key", () => new ValueTask<int>(0)).AsTask();
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(passenger);
    }

    [Fact]
    public async Task Once_RunnerAbandoned_TellsThoseWhoWait()
    {
        var once = new Once();
        _runtime.Spawn(async () => await once.DoAsync(async () => await _never.ReceiveAsync()));
        await Ended.ParkedAsync(_runtime, "chan receive");
        Task waiting = once.DoAsync(() => default).AsTask();
        Task blocked = PlainThread.Run(() => once.Do(() => { }));
        Assert.False(waiting.IsCompleted);
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(waiting);
        await (blocked.IsCompletedSuccessfully ? blocked : Task.WhenAny(blocked).WaitAsync(Limits.Wait));
        Assert.True(once.Done);
    }

    [Fact]
    public async Task OnceValue_RunnerAbandoned_FailsForGood()
    {
        var value = new OnceValue<int>(async () => (await _never.ReceiveAsync()).Value);
        _runtime.Spawn(async () => await value.GetAsync());
        await Ended.ParkedAsync(_runtime, "chan receive");
        Task waiting = value.GetAsync().AsTask();
        await Ended.DisposeAsync(_runtime);
        await Ended.ToldAsync(waiting);
        await Ended.ToldAsync(value.GetAsync().AsTask());
        Assert.Throws<ObjectDisposedException>(() => value.Get());
    }

    [Fact]
    public async Task SynchronizationContextSend_RuntimeStopped_Throws()
    {
        SynchronizationContext? context = null;
        _runtime.Spawn(async () =>
        {
            context = SynchronizationContext.Current;
            await _never.ReceiveAsync();
        });
        await Ended.ParkedAsync(_runtime, "chan receive");
        await Ended.DisposeAsync(_runtime);
        Assert.Throws<ObjectDisposedException>(() => context!.Send(static _ => { }, null));
    }

    private static bool Refuses(GoRuntime runtime)
    {
        try
        {
            runtime.Spawn(() => default(ValueTask));
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
