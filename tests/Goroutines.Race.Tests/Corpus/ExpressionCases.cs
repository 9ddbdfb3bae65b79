using System.Runtime.CompilerServices;
using System.Text;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of conditions, literals, addresses and assignments.</summary>
[GoFile("mop_test.go")]
internal static class ExpressionCases
{
    internal static async Task RaceAnd()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(x == 1 && y == 1));
    }

    internal static async Task RaceAnd2()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(y == 0 && x == 1));
    }

    internal static async Task NoRaceAnd()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(y == 1 && x == 1));
    }

    internal static async Task RaceOr()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(x == 1 || y == 1));
    }

    internal static async Task RaceOr2()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(y == 1 || x == 1));
    }

    internal static async Task NoRaceOr()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 1, () => Use(y == 0 || x == 1));
    }

    internal static async Task NoRaceShortCalc()
    {
        int x = 0;
        int y = 0;
        await Beside(() => y = 1, () => Use(x == 0 || y == 0));
    }

    internal static async Task NoRaceShortCalc2()
    {
        int x = 0;
        int y = 0;
        await Beside(() => y = 1, () => Use(x == 1 && y == 0));
    }

    internal static async Task NoRaceBlank()
    {
        Five a = default;
        await Beside(() => Use(a[0] + a[1]), () => Use(a[2] + a[3]));
    }

    internal static async Task RaceNestedArrayCopy()
    {
        Points a = default;
        Points b = default;
        await Beside(() => a[12345].Y = 1, () => a = b);
    }

    internal static async Task RaceUnsafePtrRW()
    {
        int[] x = [1];
        int[] z = [3];
        int[] p = x;
        await Beside(() => p = z, () => Use(Unsafe.As<int, uint>(ref p[0])));
    }

    internal static async Task RaceAppendRW()
    {
        Slice<int> a = new(10, 10);
        await Beside(() => Use(a.Append(1).Length), () => a[0] = 1);
    }

    internal static async Task RaceAppendLenRW()
    {
        Slice<int> a = new(0, 0);
        await Beside(() => a = a.Append(1), () => Use(a.Length));
    }

    internal static async Task RaceAppendCapRW()
    {
        Slice<int> a = new(0, 0);
        await Beside(() => a = a.Append(1), () => Use(a.Capacity));
    }

    internal static async Task RaceIndirection()
    {
        int[] x = [0];
        await Beside(() => Set(ref x[0], 1), () => Set(ref x[0], 2));
    }

    internal static async Task RaceRune()
    {
        Rune x = new('a');
        await Beside(() => x = new Rune('b'), () => Use(x));
    }

    internal static async Task RaceEmptyInterface1()
    {
        object? x = 1;
        await Beside(() => x = null, () => Use(x));
    }

    internal static async Task RaceEmptyInterface2()
    {
        object? x = null;
        await Beside(() => x = new int[1], () => Use(x));
    }

    internal static async Task RaceStructInit()
    {
        int y = 0;
        await Beside(() => y = 42, () => Use(new Pair { X = y }.X));
    }

    internal static async Task RaceArrayInit()
    {
        int y = 0;
        await Beside(() => y = 42, () => Use(new[] { 0, y, 42 }));
    }

    internal static async Task RaceMapInit()
    {
        int y = 0;
        await Beside(() => y = 42, () => Use(new Dictionary<int, int> { [0] = 42, [y] = 42 }));
    }

    internal static async Task RaceMapInit2()
    {
        int y = 0;
        await Beside(() => y = 42, () => Use(new Dictionary<int, int> { [0] = 42, [42] = y }));
    }

    internal static async Task NoRaceAddrExpr()
    {
        int[] x = [0];
        await Beside(() => x[0] = 42, () => Use(Unsafe.IsNullRef(ref x[0])));
    }

    internal static async Task RaceAddrExpr()
    {
        Outer a = new() { P = new int[1] };
        await Beside(() => a.P = new int[1], () => Use(Unsafe.IsNullRef(ref a.P[0])));
    }

    internal static async Task RaceTypeAssert()
    {
        object i = 0;
        await Beside(() => i = 1, () => Use((int)i));
    }

    internal static async Task RaceBlockAs()
    {
        int x = 0;
        int y = 0;
        await Beside(() => x = 42, () => (x, y) = (y, x));
    }

    internal static async Task RaceSliceSlice()
    {
        Slice<int> x = new(10, 10);
        await Beside(() => x = new Slice<int>(20, 20), () => Use(x.Part(2, 3).Length));
    }

    internal static async Task RaceSliceSlice2()
    {
        Slice<int> x = new(10, 10);
        int i = 2;
        await Beside(() => i = 3, () => Use(x.Part(i, 4).Length));
    }

    internal static async Task RaceSliceString()
    {
        string x = "hello";
        await Beside(() => x = "world", () => Use(x[2..3]));
    }

    internal static async Task RaceSliceStruct()
    {
        Pair[] x = new Pair[10];
        await Beside(() => x.CopyTo(new Pair[10], 0), () => x[1].Y = 42);
    }

    internal static async Task RaceAppendSliceStruct()
    {
        Pair[] x = new Pair[10];
        await Beside(() => Use(new Slice<Pair>(0, 10).Append(x).Length), () => x[1].Y = 42);
    }

    internal static async Task RaceStructInd()
    {
        Pair[] i = new Pair[1];
        await Beside(() => Set(ref i[0], default), () => i[0].Y = 42);
    }

    internal static async Task RaceNestedStruct()
    {
        (Pair X, int Y) y = default;
        await Beside(() => Use(y), () => y.X.Y = 42);
    }

    internal static async Task NoRaceEmptyStruct()
    {
        Nested y = new() { X = new WithEmpty { Y = 1, E = default } };
        await Beside(() => Use(y.X), () => y.Y = 42);
    }

    private static void Set<T>(ref T place, T value) => place = value;

    [InlineArray(5)]
    private struct Five
    {
        private int _first;
    }

    private struct Pair
    {
        internal int X;
        internal int Y;
    }

    /// <summary>Go's has a million points, which is more than the detector remembers at once.</summary>
    [InlineArray(32768)]
    private struct Points
    {
        private Pair _first;
    }

    private struct Outer
    {
        internal int[] P;
    }

    private struct Empty;

    private struct WithEmpty
    {
        internal long Y;
        internal Empty E;
    }

    private struct Nested
    {
        internal WithEmpty X;
        internal long Y;
    }
}
