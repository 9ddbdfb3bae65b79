using System.Runtime.CompilerServices;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What map_test.go of Go's race detector checks: dictionaries, their keys and their values.</summary>
[GoFile("map_test.go")]
internal static class MapCases
{
    internal static async Task RaceMapRW()
    {
        Dictionary<int, int> m = [];
        await Beside(() => Use(m.GetValueOrDefault(1)), () => m[1] = 1);
    }

    internal static async Task RaceMapRW2()
    {
        Dictionary<int, int> m = [];
        await Beside(() => Use(m.TryGetValue(1, out _)), () => m[1] = 1);
    }

    internal static async Task RaceMapRWArray()
    {
        Dictionary<int, (int First, int Second)> m = [];
        await Beside(() => Use(m.GetValueOrDefault(1).Second), () => m[2] = (1, 2));
    }

    internal static async Task NoRaceMapRR()
    {
        Dictionary<int, int> m = [];
        await Beside(() => Use(m.TryGetValue(1, out _)), () => Use(m.GetValueOrDefault(1)));
    }

    internal static async Task RaceMapRange()
    {
        Dictionary<int, int> m = [];
        await Beside(() => Range(m), () => m[1] = 1);
    }

    internal static async Task RaceMapRange2()
    {
        Dictionary<int, int> m = [];
        await Beside(() => RangeKeys(m), () => m[1] = 1);
    }

    internal static async Task NoRaceMapRangeRange()
    {
        Dictionary<int, int> m = new() { [0] = 0 };
        await Beside(() => Range(m), () => Range(m));
    }

    internal static async Task RaceMapLen()
    {
        Dictionary<string, bool> m = [];
        await Beside(() => Use(m.Count), () => m[""] = true);
    }

    internal static async Task RaceMapDelete()
    {
        Dictionary<string, bool> m = [];
        await Beside(() => m.Remove(""), () => m[""] = true);
    }

    internal static async Task RaceMapLenDelete()
    {
        Dictionary<string, bool> m = [];
        await Beside(() => m.Remove("a"), () => Use(m.Count));
    }

    internal static async Task RaceMapVariable()
    {
        Dictionary<int, int> m = [];
        await Beside(() => m = [], () => m = []);
    }

    internal static async Task RaceMapVariable2()
    {
        Dictionary<int, int> m = [];
        await Beside(() => m[1] = 1, () => m = []);
    }

    internal static async Task RaceMapVariable3()
    {
        Dictionary<int, int> m = [];
        await Beside(() => Use(m.GetValueOrDefault(1)), () => m = []);
    }

    internal static async Task RaceMapLookupPartKey()
    {
        Key[] k = new Key[1];
        Dictionary<Key, bool> m = [];
        await Beside(() => k[0].X[8] = 1, () => Use(m.GetValueOrDefault(k[0])));
    }

    internal static async Task RaceMapLookupPartKey2()
    {
        Key[] k = new Key[1];
        Dictionary<Key, bool> m = [];
        await Beside(() => k[0].X[8] = 1, () => Use(m.TryGetValue(k[0], out _)));
    }

    internal static async Task RaceMapDeletePartKey()
    {
        Key[] k = new Key[1];
        Dictionary<Key, bool> m = [];
        await Beside(() => k[0].X[8] = 1, () => m.Remove(k[0]));
    }

    internal static async Task RaceMapInsertPartKey()
    {
        Key[] k = new Key[1];
        Dictionary<Key, bool> m = [];
        await Beside(() => k[0].X[8] = 1, () => m[k[0]] = true);
    }

    internal static async Task RaceMapInsertPartVal()
    {
        Key[] v = new Key[1];
        Dictionary<int, Key> m = [];
        await Beside(() => v[0].X[8] = 1, () => m[1] = v[0]);
    }

    internal static async Task RaceMapAssignMultipleReturn()
    {
        Dictionary<int, int[]> m = new() { [1] = [0] };
        int failed = 0;
        await Beside(() => (m[1][0], failed) = Connect(), () => Use(m[1][0]));
    }

    internal static async Task RaceMapBigKeyAccess1()
    {
        Dictionary<BigKey, int> m = [];
        BigKey k = default;
        await Beside(() => Use(m.GetValueOrDefault(k)), () => k.X[30] = new object());
    }

    internal static async Task RaceMapBigKeyAccess2()
    {
        Dictionary<BigKey, int> m = [];
        BigKey k = default;
        await Beside(() => Use(m.TryGetValue(k, out _)), () => k.X[30] = new object());
    }

    internal static async Task RaceMapBigKeyInsert()
    {
        Dictionary<BigKey, int> m = [];
        BigKey k = default;
        await Beside(() => m[k] = 1, () => k.X[30] = new object());
    }

    internal static async Task RaceMapBigKeyDelete()
    {
        Dictionary<BigKey, int> m = [];
        BigKey k = default;
        await Beside(() => m.Remove(k), () => k.X[30] = new object());
    }

    internal static async Task RaceMapBigValInsert()
    {
        Dictionary<int, BigValue> m = [];
        BigValue v = new() { X = 1 };
        await Beside(() => m[1] = v, () => v.Y[30] = new object());
    }

    internal static async Task RaceMapBigValAccess1()
    {
        Dictionary<int, BigValue> m = new() { [1] = default };
        BigValue v = new() { X = 1 };
        await Beside(() => v = m[1], () => v.Y[30] = new object());
    }

    internal static async Task RaceMapBigValAccess2()
    {
        Dictionary<int, BigValue> m = [];
        BigValue v = new() { X = 1 };
        await Beside(() => m.TryGetValue(1, out v), () => v.Y[30] = new object());
    }

    private static void Range(Dictionary<int, int> m)
    {
        foreach (KeyValuePair<int, int> pair in m)
        {
            Use(pair.Key);
        }
    }

    private static void RangeKeys(IDictionary<int, int> m)
    {
        foreach (int key in m.Keys)
        {
            Use(key);
        }
    }

    private static (int Value, int Failed) Connect() => (42, 0);

    [InlineArray(17)]
    private struct Ints
    {
        private int _first;
    }

    [InlineArray(1000)]
    private struct Objects
    {
        private object? _first;
    }

    private struct Key : IEquatable<Key>
    {
        internal Ints X;

        public readonly bool Equals(Key other) => X[0] == other.X[0];

        public override readonly bool Equals(object? obj) => obj is Key other && Equals(other);

        public override readonly int GetHashCode() => X[0];
    }

    private struct BigKey : IEquatable<BigKey>
    {
        internal Objects X;

        public readonly bool Equals(BigKey other) => ReferenceEquals(X[0], other.X[0]);

        public override readonly bool Equals(object? obj) => obj is BigKey other && Equals(other);

        public override readonly int GetHashCode() => X[0] is null ? 0 : 1;
    }

    private struct BigValue
    {
        internal int X;
        internal Objects Y;
    }
}
