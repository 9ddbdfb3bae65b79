using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>
/// Go's sync/oncefunc_test.go. One type stands for Go's three functions: <see cref="OnceValue{T}"/> of the value, of a tuple, or,
/// for a function without a result, of <see cref="Unit"/>.
/// </summary>
public class OnceFuncTests
{
    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceFunc")]
    public Task Get_NoResult_RunsOnceAndThenAllocatesNothing() => AssertRunsOnce(
        static count =>
        {
            count();
            return default(Unit);
        },
        default);

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceValue")]
    public Task Get_Value_RunsOnceAndThenAllocatesNothing() => AssertRunsOnce(static count => count(), 1);

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceValues")]
    public Task Get_Tuple_RunsOnceAndThenAllocatesNothing() => AssertRunsOnce(
        static count =>
        {
            int calls = count();
            return (calls, calls + 1);
        },
        (1, 2));

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceFuncPanic")]
    public void Get_NoResult_ThrowsTheSameEachTime() => AssertThrowsEachTime<Unit, InvalidOperationException>(static () => new InvalidOperationException("x"));

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceValuePanic")]
    public void Get_Value_ThrowsTheSameEachTime() => AssertThrowsEachTime<int, InvalidOperationException>(static () => new InvalidOperationException("x"));

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceValuesPanic")]
    public void Get_Tuple_ThrowsTheSameEachTime() => AssertThrowsEachTime<(int, int), InvalidOperationException>(static () => new InvalidOperationException("x"));

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceFuncPanicNil")]
    public void Get_ThrowsNull_ThrowsWhatTheRuntimeMakesOfIt() => AssertThrowsEachTime<Unit, NullReferenceException>(static () => null);

    [Fact(DisplayName = "go: sync/oncefunc_test.go TestOnceFuncPanicTraceback")]
    public void Get_Throws_TheTraceReachesTheOrigin()
    {
        var value = new OnceValue<Unit>(Origin);
        Assert.Contains(nameof(Origin), Assert.Throws<InvalidOperationException>(() => value.Get()).StackTrace, StringComparison.Ordinal);

        static Unit Origin() => throw new InvalidOperationException("x");
    }

    [Theory(DisplayName = "go: sync/oncefunc_test.go TestOnceXGC")]
    [InlineData(false)]
    [InlineData(true)]
    public void Get_Afterwards_WhatTheFunctionHeldIsGarbage(bool throws)
    {
        Check<Unit>(default);
        Check(1);
        Check((1, 2));

        void Check<T>(T result)
        {
            (OnceValue<T> value, WeakReference held) = Make(result, throws);
            GC.Collect();
            Assert.True(held.IsAlive, "What the function needs was collected before its call.");
            Call(value);
            GC.Collect();
            Assert.False(held.IsAlive, "The function is kept alive after its call.");
            Call(value);
        }
    }

    private static async Task AssertRunsOnce<T>(Func<Func<int>, T> function, T expected)
    {
        int calls = 0;
        var value = new OnceValue<T>(() => function(() => ++calls));
        await Isolated.GoAsync(1, () => Allocations.AssertNone(rounds =>
        {
            for (int i = 0; i < rounds; i++)
            {
                value.Get();
            }

            return default;
        }));
        Assert.Equal(expected, value.Get());
        Assert.Equal(1, calls);
    }

    private static void AssertThrowsEachTime<T, TException>(Func<Exception?> failure)
        where TException : Exception
    {
        int calls = 0;
        var value = new OnceValue<T>(T () =>
        {
            calls++;
            throw failure()!;
        });
        TException first = Assert.Throws<TException>(() => { value.Get(); });
        Assert.Same(first, Assert.Throws<TException>(() => { value.Get(); }));
        Assert.Equal(1, calls);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (OnceValue<T> Value, WeakReference Held) Make<T>(T result, bool throws)
    {
        byte[] buffer = new byte[1024];
        return (new OnceValue<T>(Function), new WeakReference(buffer));

        T Function()
        {
            buffer[0] = 1;
            return throws ? throw new InvalidOperationException("x") : result;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Call<T>(OnceValue<T> value)
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
