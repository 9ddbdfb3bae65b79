using System.Runtime.CompilerServices;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of variables of all kinds. Places that a pointer leads to are elements of arrays.</summary>
[GoFile("mop_test.go")]
internal static class VariableCases
{
    internal static async Task RaceCaseIssue6418()
    {
        Dictionary<string, Dictionary<string, string>> m = new() { ["a"] = new() { ["b"] = "c" } };
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            m["a"]["x"] = "y";
            await done.SendAsync(true);
        });
        Use(m["a"]["b"]);
        await done.ReceiveAsync();
    }

    internal static async Task RaceCaseType()
    {
        object i = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use(i is int);
            await done.SendAsync(true);
        });
        i = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceCaseTypeBody()
    {
        int[] x = [0];
        object i = x;
        int y = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            if (i is int[] place)
            {
                place[0] = y;
            }

            await done.SendAsync(true);
        });
        x[0] = y;
        await done.ReceiveAsync();
    }

    internal static async Task RaceCaseTypeIssue5890()
    {
        int x = 0;
        Dictionary<int, Dictionary<int, object>> m = new() { [0] = [] };
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use(m[0].TryGetValue(1, out _) ? x : 0);
            await done.SendAsync(true);
        });
        m[0][1] = x;
        await done.ReceiveAsync();
    }

    internal static async Task RaceForInit()
    {
        int x = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use(x);
            await done.SendAsync(true);
        });
        for (x = 42; x < 0;)
        {
        }

        await done.ReceiveAsync();
    }

    internal static async Task RaceFuncArgument()
    {
        int x = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use(x);
            await done.SendAsync(true);
        });
        x = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceSprint()
    {
        int x = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use($"{x}");
            await done.SendAsync(true);
        });
        x = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceArrayCopy()
    {
        Five a = default;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            a[3] = 1;
            await done.SendAsync(true);
        });
        a = default;
        await done.ReceiveAsync();
    }

    internal static async Task RaceStructRW()
    {
        Point p = default;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p = new Point { X = 1, Y = 1 };
            await done.SendAsync(true);
        });
        Point q = p;
        Use(q);
        await done.ReceiveAsync();
    }

    internal static async Task RaceStructFieldRW1()
    {
        Point p = default;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p.X = 1;
            await done.SendAsync(true);
        });
        Use(p.X);
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceStructFieldRW1()
    {
        Point p = default;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p.X = 1;
            await done.SendAsync(true);
        });
        p.Y = 1;
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceStructFieldRW2()
    {
        Node p = new();
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p.X = 1;
            await done.SendAsync(true);
        });
        p.Y = 1;
        await done.ReceiveAsync();
    }

    internal static async Task RaceStructFieldRW2()
    {
        Node p = new();
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p.X = 1;
            await done.SendAsync(true);
        });
        Use(p.X);
        await done.ReceiveAsync();
    }

    internal static async Task RaceStructFieldRW3()
    {
        Named p = new() { Name = "a" };
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            p.P.X = 1;
            await done.SendAsync(true);
        });
        Use(p.P.X);
        await done.ReceiveAsync();
    }

    internal static async Task RaceEfaceWW()
    {
        object? a = null;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            a = 1;
            await done.SendAsync(true);
        });
        a = 2;
        await done.ReceiveAsync();
    }

    internal static async Task RaceIfaceWW()
    {
        IComparable? a = null;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            a = 1;
            await done.SendAsync(true);
        });
        a = 2;
        await done.ReceiveAsync();
    }

    internal static async Task RaceIfaceCmp()
    {
        IComparable a = 1;
        IComparable b = 2;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            a = 1;
            await done.SendAsync(true);
        });
        Use(Equals(a, b));
        await done.ReceiveAsync();
    }

    internal static async Task RaceIfaceCmpNil()
    {
        IComparable? a = 1;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            a = 1;
            await done.SendAsync(true);
        });
        Use(a is null);
        await done.ReceiveAsync();
    }

    internal static async Task RaceEfaceConv()
    {
        int v = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use<object>(v);
            await done.SendAsync(true);
        });
        v = 42;
        await done.ReceiveAsync();
    }

    internal static async Task RaceIfaceConv()
    {
        Node f = new();
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Use<object>(f);
            await done.SendAsync(true);
        });
        f = new Node();
        await done.ReceiveAsync();
    }

    internal static async Task RaceError()
    {
        Exception? error = null;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            error = null;
            await done.SendAsync(true);
        });
        Use(error);
        await done.ReceiveAsync();
    }

    internal static async Task RaceIntptrRW()
    {
        int[] x = [0];
        int y = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Set(ref x[0], 5);
            await done.SendAsync(true);
        });
        y = Get(ref x[0]);
        await done.ReceiveAsync();
    }

    internal static async Task RaceStringRW()
    {
        string s = "";
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            s = "abacaba";
            await done.SendAsync(true);
        });
        Use(s);
        await done.ReceiveAsync();
    }

    internal static async Task RaceStringPtrRW()
    {
        string[] x = [""];
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            Set(ref x[0], "a");
            await done.SendAsync(true);
        });
        Use(Get(ref x[0]));
        await done.ReceiveAsync();
    }

    internal static async Task RaceFloat64WW()
    {
        double x = 0;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            x = 1.0;
            await done.SendAsync(true);
        });
        x = 2.0;
        await done.ReceiveAsync();
    }

    internal static async Task RaceComplex128WW()
    {
        System.Numerics.Complex x = default;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            x = new System.Numerics.Complex(2, 2);
            await done.SendAsync(true);
        });
        x = new System.Numerics.Complex(4, 4);
        await done.ReceiveAsync();
    }

    internal static async Task RaceFuncVariableRW()
    {
        Func<int, int> f = static x => x * x;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            f = static x => x;
            await done.SendAsync(true);
        });
        Use(f(1));
        await done.ReceiveAsync();
    }

    internal static async Task RaceFuncVariableWW()
    {
        Func<int, int>? f = null;
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            f = static x => x;
            await done.SendAsync(true);
        });
        f = static x => x * x;
        await done.ReceiveAsync();
    }

    private static void Set<T>(ref T place, T value) => place = value;

    private static T Get<T>(ref T place) => place;

    private struct Point
    {
        internal int X;
        internal int Y;
    }

    private struct Named
    {
        internal string Name;
        internal Point P;
    }

    [InlineArray(5)]
    private struct Five
    {
        private int _first;
    }

    private sealed class Node
    {
        internal int X;
        internal int Y;
    }
}
