namespace Goroutines.GoBenchmarks;

/// <summary>What is done once: <c>sync/once_test.go</c> and <c>sync/oncefunc_test.go</c>.</summary>
/// <remarks>Go's <c>OnceFunc</c> is an <see cref="OnceValue{T}"/> of nothing, <c>OnceValues</c> one of a tuple.</remarks>
internal static class OnceBenchmarks
{
    private static readonly Once s_once = new();
    private static readonly OnceValue<Unit> s_onceFunc = new(static () => default(Unit));
    private static readonly Once s_onceForValue = new();
    private static readonly OnceValue<int> s_onceValue = new(static () => 42);
    private static readonly Once s_onceForValues = new();
    private static readonly OnceValue<(int, bool)> s_onceValues = new(static () => (42, true));

    private static int s_value;
    private static (int, bool) s_values;
    private static object? s_made;

    public static IEnumerable<Benchmark> All =>
    [
        new("sync", "Once", OnceAsync),
        new("sync", "OnceFunc", OnceFuncAsync),
        new("sync", "OnceValue", OnceValueAsync),
        new("sync", "OnceValues", OnceValuesAsync),
    ];

    private static async ValueTask OnceAsync(B b)
    {
        var once = new Once();
        var f = static () => { };
        await b.RunParallelAsync(async pb =>
        {
            while (pb.Next())
            {
                await once.DoAsync(f);
            }
        });
    }

    private static async ValueTask OnceFuncAsync(B b)
    {
        await b.RunAsync("v=Once", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                await s_once.DoAsync(static () => { });
            }
        });
        await b.RunAsync("v=Global", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                await s_onceFunc.GetAsync();
            }
        });
        await b.RunAsync("v=Local", static async b =>
        {
            var f = new OnceValue<Unit>(static () => default(Unit));
            for (var i = 0; i < b.N; i++)
            {
                await f.GetAsync();
            }
        });
        await b.RunAsync("v=Make", static b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                s_made = new OnceValue<Unit>(static () => default(Unit));
            }
        });
    }

    private static async ValueTask OnceValueAsync(B b)
    {
        await b.RunAsync("v=Once", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                await s_onceForValue.DoAsync(static () => s_value = 42);
                Expect(s_value);
            }
        });
        await b.RunAsync("v=Global", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                Expect(await s_onceValue.GetAsync());
            }
        });
        await b.RunAsync("v=Local", static async b =>
        {
            var onceValue = new OnceValue<int>(static () => 42);
            for (var i = 0; i < b.N; i++)
            {
                Expect(await onceValue.GetAsync());
            }
        });
        await b.RunAsync("v=Make", static b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                s_made = new OnceValue<int>(static () => 42);
            }
        });
    }

    private static async ValueTask OnceValuesAsync(B b)
    {
        await b.RunAsync("v=Once", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                await s_onceForValues.DoAsync(static () => s_values = (42, true));
                Expect(s_values);
            }
        });
        await b.RunAsync("v=Global", static async b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                Expect(await s_onceValues.GetAsync());
            }
        });
        await b.RunAsync("v=Local", static async b =>
        {
            var onceValues = new OnceValue<(int, bool)>(static () => (42, true));
            for (var i = 0; i < b.N; i++)
            {
                Expect(await onceValues.GetAsync());
            }
        });
        await b.RunAsync("v=Make", static b =>
        {
            for (var i = 0; i < b.N; i++)
            {
                s_made = new OnceValue<(int, bool)>(static () => (42, true));
            }
        });
        GC.KeepAlive(s_made);
    }

    private static void Expect(int value)
    {
        if (value != 42)
        {
            throw new InvalidOperationException($"{value} instead of 42");
        }
    }

    private static void Expect((int, bool) values)
    {
        if (values.Item1 != 42)
        {
            throw new InvalidOperationException($"{values.Item1} instead of 42");
        }
        if (!values.Item2)
        {
            throw new InvalidOperationException("false instead of true");
        }
    }
}
