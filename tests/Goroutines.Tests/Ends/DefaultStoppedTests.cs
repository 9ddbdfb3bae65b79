using System.Diagnostics;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Ends;

/// <summary>The process-wide runtime stopped: what plain tasks do through it fails at once or works, and nothing hangs.</summary>
public class DefaultStoppedTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(50);

    /// <summary>In a process of its own, since no other test could follow.</summary>
    [Theory]
    [InlineData("auto")]
    [InlineData("framework")]
    public async Task DefaultRuntime_Stopped_NothingHangs(string net)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Goroutines.Tests.exe" : "Goroutines.Tests"))
        {
            ArgumentList = { "-method", $"{typeof(DefaultStoppedTests).FullName}.{nameof(Child)}", "-explicit", "only", "-noLogo", "-noColor" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (net != "auto")
        {
            start.Environment["GOROUTINES_NET"] = net;
        }

        using Process child = Process.Start(start)!;
        try
        {
            Task<string> output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(2 * Limits.Wait, TestContext.Current.CancellationToken);
            string said = await output + await errors;
            Assert.True(child.ExitCode == 0 && said.Contains("Total: 1, Errors: 0, Failed: 0", StringComparison.Ordinal), said);
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill();
            }
        }
    }

    [Fact(Explicit = true)]
    public async Task Child()
    {
        Listener listener = Listener.Listen("127.0.0.1:0");
        Task<Conn> accepting = listener.AcceptAsync(CancellationToken.None).AsTask();
        await using Conn client = await Conn.DialAsync(listener.LocalEndPoint.ToString()!, CancellationToken.None);
        await using Conn server = await accepting;

        Task reading = client.ReadAsync(new byte[10], CancellationToken.None).AsTask();
        Task accept = listener.AcceptAsync(CancellationToken.None).AsTask();
        Task sleeping = Go.SleepAsync(TimeSpan.FromHours(1), CancellationToken.None).AsTask();
        Task<int> selecting = new Select().Timeout(TimeSpan.FromMilliseconds(200), out _).WaitAsync(CancellationToken.None).AsTask();
        CancelContext context = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(200));
        var cancelled = new TaskCompletionSource();
        context.Token.Register(cancelled.SetResult);
        var ticker = new Ticker(s_soon);
        Goroutine waiting = Go.Run(async () => await new TaskCompletionSource().Task);

        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, await GoRuntime.Default.StopAsync(now.Token));

        await Ended.ToldAsync(sleeping);
        await Ended.ToldAsync(waiting.JoinAsync());
        Assert.Equal(0, await selecting.WaitAsync(Limits.Wait));
        await cancelled.Task.WaitAsync(Limits.Wait);
        await ticker.C.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
        await ticker.C.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
        if (Environment.GetEnvironmentVariable("GOROUTINES_NET") is null && OperatingSystem.IsLinux())
        {
            await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(Limits.Wait));
            await Assert.ThrowsAnyAsync<Exception>(() => accept.WaitAsync(Limits.Wait));
            Assert.IsNotType<TimeoutException>(reading.Exception!.InnerException);
        }

        // And from now on.
        Assert.Throws<ObjectDisposedException>(() => Go.Spawn(() => default(ValueTask)));
        Assert.Throws<ObjectDisposedException>(() => { Go.Run(() => 1); });
        Assert.Throws<ObjectDisposedException>(() => Go.Main(() => { }));
        await Ended.ToldAsync(Go.SleepAsync(s_soon, CancellationToken.None));
        Assert.Throws<ObjectDisposedException>(() => Go.Sleep(s_soon));
        await Go.Yield();
        Assert.Equal(0, await new Select().Timeout(s_soon, out _).WaitAsync(CancellationToken.None).AsTask().WaitAsync(Limits.Wait));
        await GoContext.Background.WithTimeout(s_soon).Done.ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
        await Go.After(s_soon).ReceiveAsync().AsTask().WaitAsync(Limits.Wait);
        await EndsAsync(() => client.ReadAsync(new byte[10], CancellationToken.None).AsTask());
        await EndsAsync(async () => await (await Conn.DialAsync(listener.LocalEndPoint.ToString()!, CancellationToken.None)).DisposeAsync());
        var mutex = new GoMutex();
        Holder hold = await mutex.LockAsync();
        Task<Holder> behind = mutex.LockAsync().AsTask();
        hold.Dispose();
        (await behind.WaitAsync(Limits.Wait)).Dispose();

        // Others go on, the network included.
        var other = new GoRuntime();
        Task<Conn> accepted = other.Run(async () =>
        {
            Listener inner = Listener.Listen("127.0.0.1:0");
            Goroutine<Conn> accepts = Go.Run(async () => await inner.AcceptAsync());
            Conn dialed = await Conn.DialAsync(inner.LocalEndPoint.ToString()!);
            Conn conn = await accepts;
            Goroutine writes = Go.Run(async () => await dialed.WriteAsync(new byte[1]));
            Assert.Equal(1, await conn.ReadAsync(new byte[10]));
            await writes;
            await Go.SleepAsync(s_soon);
            return conn;
        }).AsTask();
        Conn left = await accepted.WaitAsync(Limits.Wait);
        await EndsAsync(() => left.ReadAsync(new byte[10], new CancellationTokenSource(s_soon).Token).AsTask());
        Assert.Equal(0, await other.StopAsync(CancellationToken.None).AsTask().WaitAsync(Limits.Wait));
        await EndsAsync(() => left.ReadAsync(new byte[10], new CancellationTokenSource(s_soon).Token).AsTask());
    }

    /// <summary>It may work or throw, but ends.</summary>
    private static async Task EndsAsync(Func<Task> start)
    {
        Task task = start();
        if (Environment.GetEnvironmentVariable("GOROUTINES_NET") is not null && await Task.WhenAny(task, Task.Delay(200)) != task)
        {
            return; // the framework's sockets need no runtime: this one just waits for data
        }

        try
        {
            await task.WaitAsync(Limits.Wait);
        }
        catch (Exception exception) when (exception is not TimeoutException)
        {
            // Told.
        }
    }
}
