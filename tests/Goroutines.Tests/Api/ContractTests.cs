using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Api;

/// <summary>The public API as a program outside of this repository calls it: that each call compiles is half of the test.</summary>
public class ContractTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Main_EveryForm_ReturnsTheResultOrThrows()
    {
        await PlainThread.Run(static () =>
        {
            Go.Main(async () => await Go.Yield());
            Go.Main(() => Task.CompletedTask);
            Go.Main(() => { });
            Assert.Equal(1, Go.Main(async () =>
            {
                await Go.Yield();
                return 1;
            }));
            Assert.Equal(2, Go.Main(() => Task.FromResult(2)));
            Assert.Equal(3, Go.Main(() => 3));
            Assert.Throws<InvalidDataException>(() => Go.Main(async () =>
            {
                await Go.Yield();
                throw new InvalidDataException();
            }));
        });
        await Isolated.GoAsync(static async () =>
        {
            await Go.Yield();
            Assert.Throws<InvalidOperationException>(() => Go.Main(() => { }));
        });
    }

    [Fact]
    public Task Waiting_EveryForm_Waits() => Isolated.GoAsync(static async () =>
    {
        await Go.SleepAsync(s_short);
        await Go.SleepAsync(s_short, CancellationToken.None);
        await Go.SleepUntilAsync(Go.Now + s_short);
        await Go.Run(() =>
        {
            Go.Sleep(s_short);
            Go.Wait(new ValueTask(Task.CompletedTask));
            Go.Wait(Task.CompletedTask);
            Assert.Equal(1, Go.Wait(new ValueTask<int>(1)));
            Assert.Equal(2, Go.Wait(Task.FromResult(2)));
            Go.Wait(Go.SleepAsync(s_short));
            Go.Yield(); // gives way without being awaited
        });
        Assert.True((await Go.After(s_short).ReceiveAsync()).Ok);
        Assert.True((await Go.Tick(s_short).ReceiveAsync()).Ok);
        Assert.Equal(1, Go.Blocking(() => 1));
        Go.Blocking(() => { });
        using (Go.EnterBlocking())
        {
        }

        DateTimeOffset now = Go.Now;
        TimeProvider clock = Go.TimeProvider;
        Assert.InRange(clock.GetUtcNow(), now, DateTimeOffset.MaxValue);
        int procs = Go.MaxProcs;
        Go.MaxProcs = procs;
        Assert.InRange(Go.Count, 1, int.MaxValue);
        Assert.NotEqual(0, Go.CurrentId);
        Action<PanicInfo> handler = Go.PanicHandler;
        Go.PanicHandler = handler;
        Go.Dump(TextWriter.Null);
        GoroutineInfo me = Go.Snapshot().Single(static goroutine => goroutine.Id == Go.CurrentId);
        (GoroutineStatus status, string reason, TimeSpan waiting, string created, string name) = (me.Status, me.WaitReason, me.WaitingFor, me.CreatedAt, me.Name);
        Assert.Equal(GoroutineStatus.Running, status);
        Assert.Equal(("", TimeSpan.Zero), (reason, waiting));
        Assert.NotEqual("", created + name);
    });

    [Fact]
    public Task Panic_Info_HasWhatAHandlerNeeds() => Isolated.RunAsync(static async runtime =>
    {
        var panics = new Chan<PanicInfo>(1);
        runtime.PanicHandler = panic => panics.TrySend(panic);
        runtime.Spawn(static async () =>
        {
            await Go.Yield();
            throw new InvalidDataException("broken");
        });
        PanicInfo panic = await panics.TakeAsync();
        Assert.Equal("broken", panic.Exception.Message);
        Assert.True(panic.GoroutineId > 0);
        Assert.Contains(nameof(Panic_Info_HasWhatAHandlerNeeds), panic.GoroutineName, StringComparison.Ordinal);
        Assert.Contains("ContractTests.cs:", panic.CreatedAt, StringComparison.Ordinal);
        Assert.Contains("broken", panic.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Handles_EveryForm_Join() => Isolated.GoAsync(static async () =>
    {
        Goroutine plain = Go.Run(static async () => await Go.Yield());
        Goroutine<int> typed = Go.Run(static async () =>
        {
            await Go.Yield();
            return 1;
        });
        await plain;
        await plain.JoinAsync();
        await plain.JoinAsync(CancellationToken.None);
        Go.Wait(plain.JoinAsync());
        Assert.Equal(1, await typed);
        Assert.Equal(1, await typed.JoinAsync());
        await Go.Run(() =>
        {
            plain.Join();
            Assert.Equal(1, typed.Join());
        });
        Assert.True(plain.Id != typed.Id && plain.IsCompleted && typed.IsCompleted);
        Task task = plain.AsTask();
        Task<int> result = typed.AsTask();
        await Task.WhenAll(task, result).WaitAsync(Limits.Wait);
        Assert.Same(result, await Task.WhenAny(result, Task.Delay(-1)));
    });

    [Fact]
    public Task Scope_EveryForm_EndsWithItsGoroutines() => Isolated.GoAsync(static async () =>
    {
        int ended = 0;
        await Go.ScopeAsync(async scope =>
        {
            scope.Spawn(async () =>
            {
                await Go.SleepAsync(s_short, scope.CancellationToken);
                Interlocked.Increment(ref ended);
            });
            Goroutine<int> one = scope.Run(static () => new ValueTask<int>(1));
            int result = await one;
            Interlocked.Add(ref ended, result);
        });
        Assert.Equal(2, ended);
        Assert.Equal(3, await Go.ScopeAsync(static async scope => await scope.Run(static () => 3), CancellationToken.None));
    });

    [Fact]
    public async Task Runtime_EveryMember_Works()
    {
        var runtime = new GoRuntime(new GoRuntimeOptions
        {
            MaxProcs = 1,
            TimeProvider = TimeProvider.System,
            PanicHandler = static _ => { },
            StackSize = 1 << 20,
            MaxThreads = 100,
            Name = "contract",
        });
        Assert.Equal("contract", runtime.Name);
        Assert.NotSame(runtime, GoRuntime.Default);
        Assert.Same(GoRuntime.Default, GoRuntime.Current);
        Assert.Same(runtime, await runtime.Run(static () => new ValueTask<GoRuntime>(GoRuntime.Current)));
        await runtime.SleepAsync(s_short);
        runtime.Sleep(s_short);
        await runtime.Yield();
        Assert.True(runtime.After(s_short).Receive().Ok);
        Assert.Equal(0, runtime.CurrentId);
        Assert.NotEqual(0, await runtime.Run(() => new ValueTask<long>(runtime.CurrentId)));
        Assert.Equal(0, await runtime.Run(static () => new ValueTask<long>(GoRuntime.Default.CurrentId)));
        Assert.Equal(4, await Task.Run(() => runtime.Main(static () => 4)));
        Assert.Equal(5, runtime.Wait(Task.FromResult(5)));
        Assert.Equal(6, runtime.Blocking(static () => 6));
        int left = await runtime.StopAsync();
        Assert.Equal(0, left);
        Assert.Throws<ObjectDisposedException>(() => runtime.Spawn(static () => { }));
        await runtime.DisposeAsync();
    }

    [Fact]
    public Task Channels_EveryForm_Works() => Isolated.GoAsync(static async () =>
    {
        var ch = new Chan<int>(capacity: 2);
        Assert.Equal((2, 0), (ch.Capacity, ch.Count));
        Sender<int> sender = ch;
        Receiver<int> receiver = ch;
        await ch.SendAsync(1);
        ch.Send(2);
        Assert.False(sender.TrySend(3));
        var (value, ok) = await ch.ReceiveAsync();
        Assert.Equal((1, true), (value, ok));
        Assert.True(receiver.TryReceive(out Received<int> received) && received == new Received<int>(2, true));
        sender.Send(3);
        Assert.Equal(3, receiver.Receive().Value);
        await sender.SendAsync(4);
        Assert.Equal(4, await receiver.TakeAsync());
        await sender.SendAsync(5);
        Assert.Equal(5, receiver.Take());
        sender.Send(6);
        int drained = 0;
        ch.Close();
        while (ch.TryTake(out int v))
        {
            drained += v;
        }

        Assert.Equal(6, drained);
        Assert.False(ch.TryClose());
        Assert.True(default(Sender<int>).IsNil && default(Receiver<int>).IsNil);
        Chan<string>? none = null;
        Receiver<string> nil = none;
        Assert.True(nil.IsNil);
        var piped = new Chan<int>(1);
        await piped.Sender.ToChannelWriter().WriteAsync(7);
        Assert.Equal(7, await Receiver.From(piped.Receiver.ToChannelReader()).TakeAsync());
        Assert.Equal(8, await Receiver.From(One()).TakeAsync());
        var squares = new Chan<int>();
        Go.Spawn(async () =>
        {
            await squares.SendAsync(1);
            await squares.SendAsync(4);
            squares.Close();
        });
        Assert.Equal([1, 4], await Collect(squares.Receiver));

        static async IAsyncEnumerable<int> One()
        {
            await Go.Yield();
            yield return 8;
        }

        static async ValueTask<List<T>> Collect<T>(Receiver<T> channel)
        {
            List<T> all = [];
            await foreach (T item in channel)
            {
                all.Add(item);
            }

            return all;
        }
    });

    /// <summary>The loop of the documentation, by index and by <c>Selected</c>.</summary>
    [Fact]
    public Task Select_LoopOfTheDocumentation_Works() => Isolated.GoAsync(static async () =>
    {
        var jobs = new Chan<string>();
        using CancelContext ctx = GoContext.Background.WithCancel();
        List<string> handled = [];
        Go.Spawn(async () =>
        {
            await jobs.SendAsync("one");
            await jobs.SendAsync("two");
            ctx.Cancel();
        });

        var select = new Select();
        var job = select.Receive(jobs.Receiver);
        var quit = select.Receive(ctx.Done);
        while (true)
        {
            switch (await select.WaitAsync())
            {
                case 0 when !job.Ok:
                    return;
                case 0:
                    handled.Add(job.Value);
                    break;
                case 1:
                    Assert.True(quit.Selected);
                    Assert.Equal(["one", "two"], handled);
                    return;
            }
        }
    });

    [Fact]
    public Task Select_EveryMember_Works() => Isolated.GoAsync(static async () =>
    {
        var a = new Chan<int>(1);
        var b = new Chan<string>(1);
        var select = new Select();
        ReceiveCase<int> x = select.Receive(a);
        SendCase<string> y = select.Send(b);
        SendCase<string> z = select.Send(b, "z");
        TimeoutCase t = select.Timeout(TimeSpan.FromHours(1));
        AwaitCase<int> w = select.Await(Task.Delay(-1).ContinueWith(static _ => 1, TaskScheduler.Default));
        AwaitCase v = select.Await(Task.Delay(-1));
        ReceiveCase<Unit> u = select.Receive(GoContext.Background);
        Goroutine gone = Go.Run(static async () => await Go.Yield());
        AwaitCase j = select.Join(gone);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], new SelectCase[] { x, y, z, t, w, v, u, j }.Select(static c => c.Index));
        j.Enabled = false;
        y.Enabled = false;
        Assert.Equal(2, await select.WaitAsync());
        select.Remove(y);
        Assert.Equal(1, z.Index);
        z.Channel = default;
        x.Channel = a;
        z.Value = "other";
        t.After = TimeSpan.Zero;
        Assert.Equal(t.Index, select.Wait());
        t.Enabled = false;
        Assert.False(select.TryWait(out int index));
        Assert.Equal(-1, index);
        a.Send(5);
        Assert.True(select.TryWait(out index) && index == 0 && x.Selected && x.Ok && x.Value == 5);
        Assert.Equal(0, await new Select().Receive(Go.After(TimeSpan.Zero), out var after).Timeout(TimeSpan.FromHours(1), out _).WaitAsync());
        Assert.True(after.Ok);
        Assert.Equal(1, await new Select().AndReceive(a).AndSend(new Chan<int>(1), 1).AndTimeout(TimeSpan.FromHours(1)).WaitAsync());
    });

    [Fact]
    public Task Sync_EveryMember_Works() => Isolated.GoAsync(static async () =>
    {
        var wg = new WaitGroup();
        wg.Add(1);
        wg.Done();
        wg.Spawn(static async () => await Go.Yield());
        await wg.WaitAsync();
        wg.Wait();
        Assert.Equal("negative WaitGroup counter", Assert.Throws<InvalidOperationException>(wg.Done).Message);

        var mu = new GoMutex();
        using (await mu.LockAsync())
        {
            Assert.False(mu.TryLock(out _));
        }

        using (mu.Lock())
        {
        }

        await mu.LockAsync();
        mu.Unlock();
        Assert.Throws<InvalidOperationException>(mu.Unlock);

        var rw = new GoRWMutex();
        using (await rw.ReadLockAsync())
        using (rw.ReadLock())
        {
            Assert.False(rw.TryLock(out _));
            Assert.True(rw.TryReadLock(out Holder third));
            third.Dispose();
        }

        using (await rw.LockAsync())
        {
        }

        using (rw.Lock())
        {
        }

        var cond = new GoCond(mu);
        using (await mu.LockAsync())
        {
            cond.Signal();
            cond.Broadcast();
            await cond.WaitAsync(static () => true);
            using var source = new CancellationTokenSource(0);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cond.WaitAsync(source.Token));
        }

        var once = new Once();
        await once.DoAsync(static async () => await Go.Yield());
        once.Do(static () => throw new InvalidOperationException());
        Assert.True(once.Done);

        var semaphore = new WeightedSemaphore(10);
        await semaphore.AcquireAsync();
        semaphore.Release();
        using (await semaphore.AcquireAsync(10))
        {
            Assert.False(semaphore.TryAcquire());
        }

        using var ctx = GoContext.Background.WithCancel();
        var group = new ErrGroup(ctx) { Limit = 2 };
        group.Spawn(static async () => await Go.Yield());
        await group.SpawnAsync(static async () => await Go.Yield());
        _ = group.TrySpawn(static () => { });
        await group.WaitAsync();
        Assert.True(group.CancellationToken.IsCancellationRequested);

        var flights = new SingleFlight<string, int>();
        (int value, bool shared) = await flights.DoAsync("key", static async () =>
        {
            await Go.Yield();
            return 1;
        });
        Assert.Equal((1, false), (value, shared));
        flights.Forget("key");
    });

    [Fact]
    public Task TimeAndContext_EveryMember_Works() => Isolated.GoAsync(static async () =>
    {
        using var timer = new GoTimer(TimeSpan.FromHours(1));
        Assert.True(timer.Reset(TimeSpan.FromHours(2)));
        Assert.True(timer.Stop());
        using var past = new GoTimer(Go.Now.AddMilliseconds(-1));
        Assert.True((await past.C.ReceiveAsync()).Ok);
        var ran = new Chan<string>(5);
        GoTimer.AfterFunc(TimeSpan.Zero, async () => await ran.SendAsync("async"));
        GoTimer.AfterFunc(TimeSpan.Zero, () => { ran.TrySend("action"); });
        GoTimer.AfterFunc(TimeSpan.Zero, () => Later(ran, "task"));
        Assert.Equal(["action", "async", "task"], new[] { await ran.TakeAsync(), await ran.TakeAsync(), await ran.TakeAsync() }.Order());
        using (var ticker = new Ticker(s_short))
        {
            ticker.Reset(s_short);
            Assert.True((await ticker.C.ReceiveAsync()).Ok);
            ticker.Stop();
        }

        var key = new ContextKey<string>("user");
        using CancelContext cancel = GoContext.Background.WithCancel();
        using var timeout = GoContext.TODO.WithTimeout(TimeSpan.FromHours(1));
        using var deadline = cancel.WithDeadline(Go.Now.AddHours(1), new InvalidDataException("late"));
        GoContext named = deadline.WithValue(key, "gopher");
        Assert.True(named.TryGetValue(key, out string? user) && user == "gopher");
        CancellationToken token = named;
        Assert.Equal(token, named.Token);
        Assert.NotNull(named.Deadline);
        Assert.True(named.Done.Count == 0 && named.Err is null && named.Cause is null && !named.IsCancelled);
        named.ThrowIfCancelled();
        GoContext detached = named.WithoutCancel();
        ContextRegistration registration = named.AfterFunc(async () => await ran.SendAsync("ended"));
        ContextRegistration stopped = named.AfterFunc(static () => throw new InvalidOperationException("was stopped"));
        Assert.True(stopped.Stop());
        cancel.Cancel(new InvalidDataException("cause"));
        Assert.Equal("ended", await ran.TakeAsync());
        Assert.False(registration.Stop());
        Assert.Equal("context canceled", Assert.IsType<OperationCanceledException>(named.Err).Message);
        Assert.Equal("cause", named.Cause!.Message);
        Assert.Throws<OperationCanceledException>(named.ThrowIfCancelled);
        Assert.False(detached.IsCancelled);
        using var over = GoContext.From(CancellationToken.None).WithTimeout(TimeSpan.FromTicks(-5));
        Assert.Equal("context deadline exceeded", Assert.IsType<DeadlineExceededException>(over.Err).Message);
        using CancelContext signals = GoContext.WithSignals(PosixSignal.SIGTERM);
        signals.Cancel();
        Assert.True(signals.IsCancelled);

        static async Task Later(Chan<string> ran, string what)
        {
            await Go.Yield();
            await ran.SendAsync(what);
        }
    });

    [Fact]
    public Task Net_EveryMember_Works() => Isolated.GoAsync(static async () =>
    {
        using Listener listener = Listener.Listen("127.0.0.1:0");
        Goroutine<string> served = Go.Run(async () =>
        {
            await using Conn connection = await listener.AcceptAsync();
            connection.ReadDeadline = Go.Now.AddMinutes(1);
            byte[] buffer = new byte[10];
            int read = await connection.ReadAsync(buffer);
            return System.Text.Encoding.ASCII.GetString(buffer, 0, read);
        });
        await using Conn client = await Conn.DialAsync(string.Create(CultureInfo.InvariantCulture, $"{listener.LocalEndPoint}"));
        client.WriteDeadline = Go.Now.AddMinutes(1);
        await client.WriteAsync("hello"u8.ToArray());
        client.CloseWrite();
        Assert.Equal("hello", await served);
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
    });
}
