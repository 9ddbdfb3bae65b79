using System.Reflection;
using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>
/// Which overload a lambda binds to. An async lambda's state machine holds its method builder in a field, so a body can
/// tell what the compiler made of it.
/// </summary>
public class OverloadTests
{
    [Fact]
    public Task Spawn_AsyncLambda_BindsToValueTask() => Isolated.GoAsync(async () =>
    {
        var builder = new Chan<Type>(1);

        Go.Spawn(async () =>
        {
            builder.TrySend(BuilderOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });

        Assert.Equal(typeof(AsyncValueTaskMethodBuilder), (await builder.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Run_AsyncLambda_BindsToValueTask() => Isolated.GoAsync(async () =>
    {
        Type? builder = null;

        Goroutine handle = Go.Run(async () =>
        {
            builder = BuilderOf(MethodBase.GetCurrentMethod()!);
            await Go.Yield();
        });
        await handle;

        Assert.Equal(typeof(AsyncValueTaskMethodBuilder), builder);
    });

    [Fact]
    public Task Run_AsyncLambdaWithResult_BindsToValueTaskOfResult() => Isolated.GoAsync(async () =>
    {
        Goroutine<Type> handle = Go.Run(async () =>
        {
            await Go.Yield();
            return BuilderOf(MethodBase.GetCurrentMethod()!);
        });

        Assert.Equal(typeof(AsyncValueTaskMethodBuilder<Type>), await handle);
    });

    [Fact]
    public Task RuntimeSpawnAndRun_AsyncLambda_BindsToValueTask() => Isolated.RunAsync(async runtime =>
    {
        var builders = new Chan<Type>(2);

        runtime.Spawn(async () =>
        {
            builders.TrySend(BuilderOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });
        Goroutine handle = runtime.Run(async () =>
        {
            builders.TrySend(BuilderOf(MethodBase.GetCurrentMethod()!));
            await Go.Yield();
        });
        Goroutine<Type> typed = runtime.Run(async () =>
        {
            await Go.Yield();
            return BuilderOf(MethodBase.GetCurrentMethod()!);
        });
        await handle.JoinAsync();

        Assert.Equal(typeof(AsyncValueTaskMethodBuilder<Type>), await typed.JoinAsync());
        Assert.Equal(typeof(AsyncValueTaskMethodBuilder), (await builders.ReceiveAsync()).Value);
        Assert.Equal(typeof(AsyncValueTaskMethodBuilder), (await builders.ReceiveAsync()).Value);
    });

    [Fact]
    public Task Main_AsyncLambda_BindsToValueTask() => Isolated.RunAsync(runtime =>
    {
        Type? builder = null;
        runtime.Main(async () =>
        {
            builder = BuilderOf(MethodBase.GetCurrentMethod()!);
            await Go.Yield();
        });
        Type typed = runtime.Main(async () =>
        {
            await Go.Yield();
            return BuilderOf(MethodBase.GetCurrentMethod()!);
        });

        Assert.Equal(typeof(AsyncValueTaskMethodBuilder), builder);
        Assert.Equal(typeof(AsyncValueTaskMethodBuilder<Type>), typed);
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

    private static Type BuilderOf(MethodBase moveNext) =>
        moveNext.DeclaringType!.GetField("<>t__builder", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!.FieldType;

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
