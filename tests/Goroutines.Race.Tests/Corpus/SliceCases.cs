using System.Runtime.CompilerServices;
using System.Text;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What slice_test.go of Go's race detector checks: parts of arrays.</summary>
[GoFile("slice_test.go")]
internal static class SliceCases
{
    internal static async Task RaceSliceRW()
    {
        int[] a = new int[2];
        await Beside(() => a[1] = 1, () => Use(a[1]));
    }

    internal static async Task NoRaceSliceRW()
    {
        int[] a = new int[2];
        await Beside(() => a[0] = 1, () => Use(a[1]));
    }

    internal static async Task RaceSliceWW()
    {
        int[] a = new int[10];
        await Beside(() => a[1] = 1, () => a[1] = 2);
    }

    internal static async Task NoRaceArrayWW()
    {
        Five a = default;
        await Beside(() => a[0] = 1, () => a[1] = 2);
    }

    internal static async Task RaceArrayWW()
    {
        Five a = default;
        await Beside(() => a[1] = 1, () => a[1] = 2);
    }

    internal static async Task NoRaceSliceWriteLen()
    {
        bool[] a = new bool[1];
        await Beside(() => a[0] = true, () => Use(a.Length));
    }

    internal static async Task NoRaceSliceWriteCap()
    {
        Slice<ulong> a = new(100, 100);
        await Beside(() => a[50] = 123, () => Use(a.Capacity));
    }

    internal static async Task RaceSliceCopyRead()
    {
        int[] a = new int[10];
        int[] b = new int[10];
        await Beside(() => Use(a[5]), () => Array.Copy(b, a, 10));
    }

    internal static async Task NoRaceSliceWriteCopy()
    {
        int[] a = new int[10];
        int[] b = new int[10];
        await Beside(() => a[5] = 1, () => b.AsSpan(0, 5).CopyTo(a.AsSpan(0, 5)));
    }

    internal static async Task RaceSliceCopyWrite2()
    {
        int[] a = new int[10];
        int[] b = new int[10];
        await Beside(() => b[5] = 1, () => b.CopyTo(a, 0));
    }

    internal static async Task RaceSliceCopyWrite3()
    {
        byte[] a = new byte[10];
        await Beside(() => a[7] = 1, () => "qwertyqwer"u8.CopyTo(a));
    }

    internal static async Task NoRaceSliceCopyRead()
    {
        int[] a = new int[10];
        int[] b = new int[10];
        await Beside(() => Use(b[5]), () => b.AsSpan().CopyTo(a));
    }

    internal static async Task RacePointerSliceCopyRead()
    {
        object?[] a = new object?[10];
        object?[] b = new object?[10];
        await Beside(() => Use(a[5]), () => Array.Copy(b, a, 10));
    }

    internal static async Task NoRacePointerSliceWriteCopy()
    {
        object?[] a = new object?[10];
        object?[] b = new object?[10];
        await Beside(() => a[5] = new object(), () => Array.Copy(b, a, 5));
    }

    internal static async Task RacePointerSliceCopyWrite2()
    {
        object?[] a = new object?[10];
        object?[] b = new object?[10];
        await Beside(() => b[5] = new object(), () => b.CopyTo(a.AsSpan()));
    }

    internal static async Task NoRacePointerSliceCopyRead()
    {
        object?[] a = new object?[10];
        object?[] b = new object?[10];
        await Beside(() => Use(b[5]), () => Array.Copy(b, a, 10));
    }

    internal static async Task NoRaceSliceWriteSlice2()
    {
        Slice<double> a = new(10, 10);
        await Beside(() => a[2] = 1.0, () => Use(a.Part(0, 5).Length));
    }

    internal static async Task RaceSliceWriteSlice()
    {
        Slice<double> a = new(10, 10);
        await Beside(() => a[2] = 1.0, () => a = a.Part(5, 10));
    }

    internal static async Task NoRaceSliceWriteSlice()
    {
        Slice<double> a = new(10, 10);
        await Beside(() => a[2] = 1.0, () => Use(a.Part(5, 10).Length));
    }

    internal static async Task NoRaceSliceLenCap()
    {
        Slice<ValueTuple> a = new(10, 10);
        await Beside(() => Use(a.Length), () => Use(a.Capacity));
    }

    internal static async Task NoRaceStructSlicesRangeWrite()
    {
        (int[] A, int[] B) s = (new int[10], new int[10]);
        await Beside(() => Count(s.A), () => s.B[5] = 5);
    }

    internal static async Task RaceSliceDifferent()
    {
        int[] s = new int[10];
        int[] s2 = s;
        await Beside(() => s[3] = 3, () => s2[3] = 3);
    }

    internal static async Task RaceSliceRangeWrite()
    {
        int[] s = new int[10];
        await Beside(() => s[3] = 3, () => Sum(s));
    }

    internal static async Task NoRaceSliceRangeWrite()
    {
        int[] s = new int[10];
        await Beside(() => s[3] = 3, () => Count(s));
    }

    internal static async Task RaceSliceRangeAppend()
    {
        Slice<int> s = new(10, 10);
        await Beside(() => s = s.Append(3), () => Use(s.Length));
    }

    internal static async Task NoRaceSliceRangeAppend()
    {
        Slice<int> s = new(10, 10);
        await Beside(() => Use(s.Append(3).Length), () => Use(s.Length));
    }

    internal static async Task RaceSliceVarWrite()
    {
        int[] s = new int[10];
        await Beside(() => s[3] = 3, () => s = new int[20]);
    }

    internal static async Task RaceSliceVarRead()
    {
        int[] s = new int[10];
        await Beside(() => Use(s[3]), () => s = new int[20]);
    }

    internal static async Task RaceSliceVarRange()
    {
        int[] s = new int[10];
        await Beside(() => Count(s), () => s = new int[20]);
    }

    internal static async Task RaceSliceVarAppend()
    {
        Slice<int> s = new(10, 10);
        await Beside(() => Use(s.Append(10).Length), () => s = new Slice<int>(20, 20));
    }

    internal static async Task RaceSliceVarCopy()
    {
        int[] s = new int[10];
        await Beside(() => new int[10].CopyTo(s, 0), () => s = new int[20]);
    }

    internal static async Task RaceSliceVarCopy2()
    {
        int[] s = new int[10];
        await Beside(() => s.CopyTo(new int[10], 0), () => s = new int[20]);
    }

    internal static async Task RaceSliceAppend()
    {
        Slice<int> s = new(10, 20);
        await Beside(() => Use(s.Append(1).Length), () => Use(s.Append(2).Length));
    }

    internal static async Task RaceSliceAppendWrite()
    {
        Slice<int> s = new(10, 10);
        await Beside(() => Use(s.Append(1).Length), () => s[0] = 42);
    }

    internal static async Task RaceSliceAppendSlice()
    {
        Slice<int> s = new(10, 10);
        await Beside(() => Use(s.Append(new int[10]).Length), () => s[0] = 42);
    }

    internal static async Task RaceSliceAppendSlice2()
    {
        Slice<int> s = new(10, 10);
        int[] other = new int[10];
        await Beside(() => Use(s.Append(other).Length), () => other[5] = 42);
    }

    internal static async Task RaceSliceAppendString()
    {
        Slice<byte> s = new(10, 10);
        await Beside(() => Use(s.Append("qwerty"u8).Length), () => s[0] = 42);
    }

    internal static async Task RacePointerSliceAppend()
    {
        Slice<object> s = new(10, 20);
        await Beside(() => Use(s.Append(new object()).Length), () => Use(s.Append(new object()).Length));
    }

    internal static async Task RacePointerSliceAppendWrite()
    {
        Slice<object> s = new(10, 10);
        await Beside(() => Use(s.Append(new object()).Length), () => s[0] = new object());
    }

    internal static async Task RacePointerSliceAppendSlice()
    {
        Slice<object> s = new(10, 10);
        await Beside(() => Use(s.Append(new object[10]).Length), () => s[0] = new object());
    }

    internal static async Task RacePointerSliceAppendSlice2()
    {
        Slice<object?> s = new(10, 10);
        object?[] other = new object?[10];
        await Beside(() => Use(s.Append(other).Length), () => other[5] = null);
    }

    internal static async Task NoRaceSliceIndexAccess()
    {
        int[] s = new int[10];
        int v = 0;
        await Beside(() => Use(v), () => s[v] = 1);
    }

    internal static async Task NoRaceSliceIndexAccess2()
    {
        int[] s = new int[10];
        int v = 0;
        await Beside(() => Use(v), () => Use(s[v]));
    }

    internal static async Task RaceSliceIndexAccess()
    {
        int[] s = new int[10];
        int v = 0;
        await Beside(() => v = 1, () => s[v] = 1);
    }

    internal static async Task RaceSliceIndexAccess2()
    {
        int[] s = new int[10];
        int v = 0;
        await Beside(() => v = 1, () => Use(s[v]));
    }

    internal static async Task RaceSliceByteToString()
    {
        byte[] s = new byte[10];
        await Beside(() => Use(Encoding.UTF8.GetString(s)), () => s[0] = 42);
    }

    internal static async Task RaceSliceRuneToString()
    {
        char[] s = new char[10];
        await Beside(() => Use(new string(s)), () => s[9] = '*');
    }

    internal static async Task RaceConcatString()
    {
        string s = "hello";
        await Beside(() => Use(s + " world"), () => s = "world");
    }

    internal static async Task RaceCompareString()
    {
        string s1 = "hello";
        string s2 = "world";
        await Beside(() => Use(s1 == s2), () => s1 = s2);
    }

    internal static async Task RaceSlice3()
    {
        Slice<int> x = new(10, 10);
        int i = 2;
        await Beside(() => i = 3, () => Use(x.Part(0, i).Length));
    }

    internal static async Task RaceSlice4()
    {
        byte[] data = "hello there"u8.ToArray();
        await Beside(() => Use(Encoding.UTF8.GetString(data)), () => data.AsSpan(2).CopyTo(data));
    }

    private static void Count<T>(T[] items)
    {
        int count = 0;
        for (int i = 0; i < items.Length; i++)
        {
            count++;
        }

        Use(count);
    }

    private static void Sum(int[] items)
    {
        int sum = 0;
        foreach (int item in items)
        {
            sum += item;
        }

        Use(sum);
    }

    [InlineArray(5)]
    private struct Five
    {
        private int _first;
    }
}
