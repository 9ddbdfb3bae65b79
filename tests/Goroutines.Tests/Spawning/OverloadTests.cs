using System.Reflection;
using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>
/// Which overload a lambda binds to: a body can tell what the compiler made of it.
/// </summary>
public class OverloadTests
{
    [Fact]
    public Task Spawn_AsyncLambda_BindsToValueTask() => Isolated.GoAsync(async () =>
    {
        var bound = new Chan<Type>(1);

        Go.Spawn(async () =>
        {
            bound.TrySend(ReturnTypeOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });

        Assert.Equal(typeof(ValueTask), (await bound.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Run_AsyncLambda_BindsToValueTask() => Isolated.GoAsync(async () =>
    {
        Type? bound = null;

        Goroutine handle = Go.Run(async () =>
        {
            bound = ReturnTypeOf(MethodBase.GetCurrentMethod()!);
            await Go.Yield();
        });
        await handle;

        Assert.Equal(typeof(ValueTask), bound);
    });

    [Fact]
    public Task Run_AsyncLambdaWithResult_BindsToValueTaskOfResult() => Isolated.GoAsync(async () =>
    {
        Goroutine<Type> handle = Go.Run(async () =>
        {
            await Go.Yield();
            return ReturnTypeOf(MethodBase.GetCurrentMethod()!);
        });

        Assert.Equal(typeof(ValueTask<Type>), await handle);
    });

    [Fact]
    public Task RuntimeSpawnAndRun_AsyncLambda_BindsToValueTask() => Isolated.RunAsync(async runtime =>
    {
        var bound = new Chan<Type>(2);

        runtime.Spawn(async () =>
        {
            bound.TrySend(ReturnTypeOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });
        Goroutine handle = runtime.Run(async () =>
        {
            bound.TrySend(ReturnTypeOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });
        Goroutine<Type> typed = runtime.Run(async () =>
        {
            await Go.Yield();
            return ReturnTypeOf(MethodBase.GetCurrentMethod()!);
        });
        await handle.JoinAsync();

        Assert.Equal(typeof(ValueTask<Type>), await typed.JoinAsync());
        Assert.Equal(typeof(ValueTask), (await bound.ReceiveAsync()).Value);
        Assert.Equal(typeof(ValueTask), (await bound.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Main_AsyncLambda_BindsToValueTask() => Isolated.RunAsync(runtime =>
    {
        Type? bound = null;
        runtime.Main(async () =>
        {
            bound = ReturnTypeOf(MethodBase.GetCurrentMethod()!);
            await Go.Yield();
        });
        Type typed = runtime.Main(async () =>
        {
            await Go.Yield();
            return ReturnTypeOf(MethodBase.GetCurrentMethod()!);
        });

        Assert.Equal(typeof(ValueTask), bound);
        Assert.Equal(typeof(ValueTask<Type>), typed);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Run_MethodGroups_BindToTheirOwnReturnType() => Isolated.GoAsync(async () =>
    {
        Goroutine plain = Go.Run(ReturnsValueTask);
        Goroutine task = Go.Run(ReturnsTask);
        Goroutine<int> number = Go.Run(ReturnsValueTaskOfInt);
        Goroutine<string> text = Go.Run(ReturnsTaskOfString);

        await plain;
        await task;
        Assert.Equal(7, await number);
        Assert.Equal("seven", await text);
    });

    [Fact]
    public Task Run_LambdaThatReturnsAnOperation_WaitsForIt() => Isolated.GoAsync(async () =>
    {
        var gate = new Chan<int>();
        var ended = false;

        // Bound to Run<ValueTask>(Func<ValueTask>) the handle would end at once, with the operation as its result.
        Goroutine handle = Go.Run(() => WaitAsync());
        Assert.False(ended);
        await gate.SendAsync(1);
        await handle;
        Assert.True(ended);

        async ValueTask WaitAsync()
        {
            await gate.ReceiveAsync();
            ended = true;
        }
    });

    /// <summary>The return type of an async lambda. A state machine tells by its builder; a method compiled as runtime async is the lambda itself.</summary>
    private static Type ReturnTypeOf(MethodBase current)
    {
        Type? builder = current.DeclaringType!.GetField("<>t__builder", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.FieldType;
        return builder is null ? ((MethodInfo)current).ReturnType
            : builder == typeof(AsyncValueTaskMethodBuilder) ? typeof(ValueTask)
            : builder == typeof(AsyncTaskMethodBuilder) ? typeof(Task)
            : builder.GetGenericTypeDefinition() == typeof(AsyncValueTaskMethodBuilder<>) ? typeof(ValueTask<>).MakeGenericType(builder.GetGenericArguments())
            : typeof(Task<>).MakeGenericType(builder.GetGenericArguments());
    }

    private static async ValueTask ReturnsValueTask() => await Go.Yield();

    private static async Task ReturnsTask() => await Go.Yield();

    private static async ValueTask<int> ReturnsValueTaskOfInt()
    {
        await Go.Yield();
        return 7;
    }

    private static async Task<string> ReturnsTaskOfString()
    {
        await Go.Yield();
        return "seven";
    }
}
