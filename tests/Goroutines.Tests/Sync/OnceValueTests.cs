using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Sync;

/// <summary>What <see cref="OnceValue{T}"/> promises wherever it is used. Go's sync/oncefunc_test.go is among it, named where it is.</summary>
public abstract class OnceValueTests(Place place)
{
    [Fact(DisplayName = "TestOnceValue")]
    public Task GetAsync_Often_ComputesOnce() => place.Run(async () =>
    {
        int calls = 0;
        var value = new OnceValue<int>(async () =>
        {
            await Go.Yield();
            return ++calls;
        });
        Assert.False(value.Done);
        int[] values = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await value.GetAsync()));
        Assert.All(values, got => Assert.Equal(1, got));
        Assert.True(value.Done);
        Assert.Equal(1, value.Get());
        Assert.Equal(1, calls);
    });

    [Fact(DisplayName = "TestOnceValues: a tuple")]
    public void Get_SynchronousFunction_ComputesOnce()
    {
        int calls = 0;
        var value = new OnceValue<(int, int)>(() => (++calls, calls + 1));
        Assert.Equal((1, 2), value.Get());
        Assert.Equal((1, 2), value.Get());
    }

    [Fact(DisplayName = "TestOnceValuePanic")]
    public Task GetAsync_FunctionThrows_EveryCallerGetsTheSameException() => place.Run(async () =>
    {
        int calls = 0;
        InvalidOperationException failure = new("x");
        var value = new OnceValue<int>(async () =>
        {
            calls++;
            await Go.Yield();
            throw failure;
        });
        Task<int>[] both = [value.GetAsync().AsTask(), value.GetAsync().AsTask()];
        foreach (Task<int> one in both)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => one));
        }

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => value.GetAsync().AsTask()));
        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => value.Get()));
        Assert.Equal(1, calls);
    });

    [Fact(DisplayName = "TestOnceFuncPanicTraceback")]
    public Task GetAsync_FunctionThrows_TheTraceReachesTheFunction() => place.Run(async () =>
    {
        var value = new OnceValue<int>(Fail);
        for (int i = 0; i < 2; i++)
        {
            InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => value.GetAsync().AsTask());
            Assert.Contains(nameof(Fail), thrown.StackTrace, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task GetAsync_WaiterCancelled_LeavesTheFunction() => place.Run(async () =>
    {
        var go = new Chan<int>();
        var value = new OnceValue<int>(async () => (await go.ReceiveAsync()).Value);
        using var source = new CancellationTokenSource();
        Task<int> runner = value.GetAsync().AsTask();
        Task<int> cancelled = value.GetAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await go.SendAsync(7);
        Assert.Equal(7, await runner);
        Assert.Equal(7, await value.GetAsync(source.Token));
    });

    [Theory(DisplayName = "TestOnceXGC: the function is collected after its call")]
    [InlineData(false)]
    [InlineData(true)]
    public void Get_Afterwards_TheFunctionIsNotKeptAlive(bool throws)
    {
        (OnceValue<int> value, WeakReference captured) = Make(throws);
        GC.Collect();
        Assert.True(captured.IsAlive);
        Call(value);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(captured.IsAlive);
        Call(value);
    }

    [Fact]
    public void Constructor_NoFunction_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new OnceValue<int>((Func<int>)null!));
        Assert.Throws<ArgumentNullException>(() => new OnceValue<int>((Func<ValueTask<int>>)null!));
    }

    private static int Fail() => throw new InvalidOperationException("x");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (OnceValue<int> Value, WeakReference Captured) Make(bool throws)
    {
        byte[] buffer = new byte[1024];
        return (new OnceValue<int>(() => throws ? throw new InvalidOperationException("x") : buffer[0]), new WeakReference(buffer));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Call(OnceValue<int> value)
    {
        try
        {
            value.Get();
        }
        catch (InvalidOperationException exception) when (exception.Message == "x")
        {
        }
    }
}

public sealed class OnceValueInPoolTests() : OnceValueTests(Place.Pool);

public sealed class OnceValueInGoroutineTests() : OnceValueTests(Place.Goroutine);
