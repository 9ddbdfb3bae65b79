using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>Panics as a process shows them: on standard error, and in its exit code.</summary>
public class ProcessEndTests
{
    [Fact]
    public async Task DefaultHandler_FirstExceptionOfTheProcessNearTheEndOfMain_IsPrinted()
    {
        Child.Result child = await Child.RunAsync(this, static () =>
        {
            Go.Main(static async () =>
            {
                var group = new WaitGroup();
                group.Add(1);
                Go.Spawn(async () =>
                {
                    try
                    {
                        await Go.Yield();
                        throw new FormatException("boom");
                    }
                    finally
                    {
                        group.Done();
                    }
                });
                await group.WaitAsync();
            });
            return 0;
        });
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("panic: System.FormatException: boom", child.Errors);
        Assert.Contains("created by ", child.Errors);
    }

    [Fact]
    public async Task ExitHandler_EndsTheProcessWithCode2()
    {
        Child.Result child = await Child.RunAsync(this, static () =>
        {
            Go.PanicHandler = PanicHandlers.Exit;
            Go.Main(static async () =>
            {
                Go.Spawn(static async () =>
                {
                    await Go.Yield();
                    throw new FormatException("boom");
                });
                await Go.SleepAsync(TimeSpan.FromMinutes(5));
            });
            return 0;
        });
        Assert.Equal(2, child.ExitCode);
        Assert.Contains("panic: System.FormatException: boom", child.Errors);
    }

    [Fact]
    public async Task ExitHandler_PanicNearTheEndOfMain_ExitCodeIs2()
    {
        Child.Result child = await Child.RunAsync(this, static () =>
        {
            Go.PanicHandler = PanicHandlers.Exit;
            Go.Main(static async () =>
            {
                var done = new Chan<int>();
                Go.Spawn(async () =>
                {
                    try
                    {
                        await Go.Yield();
                        throw new FormatException("boom");
                    }
                    finally
                    {
                        done.Close();
                    }
                });
                await done.ReceiveAsync();
            });
            return 0;
        });
        Assert.Equal(2, child.ExitCode);
    }

    [Fact]
    public async Task FailureOfADroppedHandle_WithoutMain_IsPrintedAtExit()
    {
        Child.Result child = await Child.RunAsync(this, static () => FailWithoutJoin(new GoRuntimeOptions()));
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("panic: System.FormatException: boom", child.Errors);
    }

    [Fact]
    public async Task FailureOfADroppedHandle_AtExitWithExitHandler_MakesTheExitCode2()
    {
        Child.Result child = await Child.RunAsync(this, static () => FailWithoutJoin(new GoRuntimeOptions { PanicHandler = PanicHandlers.Exit }));
        Assert.Equal(2, child.ExitCode);
        Assert.Contains("panic: System.FormatException: boom", child.Errors);
    }

    [Fact]
    public async Task Panic_WithAnUnwritableStandardError_DoesNotEndTheProcess()
    {
        Child.Result child = await Child.RunAsync(this, static () =>
        {
            Console.SetError(new FullDisk());
            Go.PanicHandler += static _ => throw new NotSupportedException();
            for (int i = 0; i < 3; i++)
            {
                Go.Spawn(new Func<ValueTask>(static () => throw new Unspeakable()));
            }

            Go.Main(static async () => await Go.Yield());
            return 7;
        });
        Assert.Equal(7, child.ExitCode);
    }

    [Fact]
    public async Task Panic_ThatTellsNothingOfItself_IsPrintedAsFarAsPossible()
    {
        Child.Result child = await Child.RunAsync(this, static () =>
        {
            Go.Spawn(new Func<ValueTask>(static () => throw new Unspeakable()));
            Go.Main(static async () => await Go.Yield());
            return 0;
        });
        Assert.Equal(0, child.ExitCode);
        Assert.Contains("panic: Goroutines.Tests.Failures.ProcessEndTests+Unspeakable: (its Message threw System.NotSupportedException)", child.Errors);
    }

    private static int FailWithoutJoin(GoRuntimeOptions options)
    {
        var runtime = new GoRuntime(options);
        Goroutine handle = runtime.Run(new Func<ValueTask>(static () => throw new FormatException("boom")));
        runtime.StopAsync().AsTask().Wait();
        GC.KeepAlive(handle);
        return 0;
    }

    private sealed class Unspeakable : Exception
    {
        public override string Message => throw new NotSupportedException();

        public override string StackTrace => throw new NotSupportedException();
    }

    private sealed class FullDisk : StringWriter
    {
        public override void Write(string? value) => throw new IOException("No space left on device");
    }
}
