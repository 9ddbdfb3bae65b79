using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Signals;

/// <summary>Signals of the system, sent to this process: ones that do nothing where they are not handled.</summary>
[UnsupportedOSPlatform("windows")]
public partial class SignalTests
{
    private const int Winch = 28; // SIGWINCH on Linux and macOS

    [Fact]
    public Task NotifySignals_SignalSent_IsReceived() => OnUnix(async () =>
    {
        Receiver<PosixSignal> signals = Go.NotifySignals(PosixSignal.SIGWINCH);
        try
        {
            Send();
            Assert.Equal(PosixSignal.SIGWINCH, await signals.TakeAsync());
            Goroutine<int> waiter = Go.Run(async () => await new Select().AndReceive(signals).AndTimeout(Limits.Wait).WaitAsync());
            Send();
            Assert.Equal(0, await waiter);
        }
        finally
        {
            Assert.True(Go.StopSignals(signals));
        }

        Assert.False(Go.StopSignals(signals));
        Assert.False(Go.StopSignals(new Chan<PosixSignal>()));
        Assert.False(Go.StopSignals(default));
    });

    [Fact]
    public Task NotifySignals_TwoChannels_EachGetsTheSignal() => OnUnix(async () =>
    {
        Receiver<PosixSignal> one = Go.NotifySignals(PosixSignal.SIGWINCH, PosixSignal.SIGCONT);
        Receiver<PosixSignal> two = GoRuntime.Current.NotifySignals(PosixSignal.SIGWINCH);
        try
        {
            Send();
            Assert.Equal(PosixSignal.SIGWINCH, await one.TakeAsync());
            Assert.Equal(PosixSignal.SIGWINCH, await two.TakeAsync());
        }
        finally
        {
            Go.StopSignals(one);
            Go.StopSignals(two);
        }
    });

    /// <summary>The signal will come from outside: a main that waits for it is not deadlocked, however often it is looked at.</summary>
    [Fact]
    public Task NotifySignals_MainWaits_IsNoDeadlock() => OnUnix(async () =>
    {
        await using var runtime = new GoRuntime();
        var waiting = new TaskCompletionSource();
        Task<PosixSignal> main = PlainThread.Run(() => runtime.Main(async () =>
        {
            Receiver<PosixSignal> signals = Go.NotifySignals(PosixSignal.SIGWINCH);
            waiting.SetResult();
            PosixSignal signal = await signals.TakeAsync();
            Go.StopSignals(signals);
            return signal;
        }));
        await waiting.Task;
        await Poll.UntilAsync(() => runtime.Snapshot().Any(static g => g.WaitReason == "chan receive"), "main to wait for the signal");
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.NotSame(main, await Task.WhenAny(main, Task.Delay(300)));
        Send();
        Assert.Equal(PosixSignal.SIGWINCH, await main.WaitAsync(Limits.Wait));
    });

    [Fact]
    public Task WithSignals_SignalSent_EndsTheContextOnceAndSaysWhich() => OnUnix(async () =>
    {
        using CancelContext context = GoContext.WithSignals(PosixSignal.SIGWINCH);
        using CancelContext child = context.WithCancel();
        Assert.False(context.IsCancelled);
        Assert.Equal("context.Background.WithSignals(SIGWINCH)", context.ToString());
        Send();
        await child.Done.ReceiveAsync();
        Assert.Equal("context canceled", context.Err?.Message);
        Assert.Equal("signal received: SIGWINCH", context.Cause?.Message);
        Assert.True(context.Token.IsCancellationRequested);
        Send(); // has its default effect again: none
    });

    [Fact]
    public async Task WithSignals_Disposed_EndsWithoutASignal()
    {
        CancelContext context = GoContext.WithSignals();
        context.Dispose();
        Assert.True(context.IsCancelled);
        await context.Done.ReceiveAsync();
        Assert.Equal("context.Background.WithSignals(SIGINT, SIGTERM)", context.ToString());
    }

    [Fact]
    public void NotifySignals_UnknownSignal_SaysWhich()
    {
        PlatformNotSupportedException thrown = Assert.Throws<PlatformNotSupportedException>(static () => { Go.NotifySignals((PosixSignal)12345); });
        Assert.Contains("12345", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(static () => { GoContext.WithSignals((PosixSignal)12345); });
    }

    private static Task OnUnix(Func<Task> body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There a process can't send itself such a signal.");
        return Isolated.GoAsync(body);
    }

    private static void Send() => Assert.Equal(0, Kill(Environment.ProcessId, Winch));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
