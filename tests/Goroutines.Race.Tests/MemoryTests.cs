using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>What counts as memory besides fields and elements: collections, by whatever they are used, and what methods of the framework read and write.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void Dictionary_WritesThatNeverOverlap_ReportsRace()
        => Assert.Contains("Dictionary<int, string> (set_Item)", Races(new Dictionary<int, string>(), static map => map[1] = "a", static map => map[2] = "b"), StringComparison.Ordinal);

    [Fact]
    public void Dictionary_WrittenThroughInterface_ReportsRace() => Races<IDictionary<int, int>>(new Dictionary<int, int>(), static map => map[1] = 1, static map => map.Remove(2));

    [Fact]
    public void Dictionary_ReadThroughInterfaces_IsSilent()
        => Silent<IReadOnlyDictionary<int, int>>(new Dictionary<int, int> { [1] = 1 }, static map => Assert.Equal(1, map[1]), static map => Assert.True(map.ContainsKey(1)));

    [Fact]
    public void List_EnumeratedWhileChanged_ReportsRace() => Races(new List<int>(), static list => list.Add(1), static list =>
    {
        foreach (int item in list)
        {
            Assert.Equal(1, item);
        }
    });

    [Fact]
    public void List_SummedByLinqWhileChanged_ReportsRace() => Races(new List<int> { 1 }, static list => list.Add(1), static list => Assert.InRange(list.Sum(), 1, 20));

    [Fact]
    public void List_CopiedByConstructorWhileChanged_ReportsRace() => Races(new List<int> { 1 }, static list => list.Add(1), static list => Assert.NotEmpty(new Queue<int>(list)));

    [Fact]
    public void List_JoinedWhileChanged_ReportsRace() => Races(new List<int> { 1 }, static list => list.Add(1), static list => Assert.NotEmpty(string.Join(',', list)));

    [Fact]
    public void List_EnumeratedWhileElementSet_ReportsRace() => Races(new List<int> { 1 }, static list => list[0] = 2, static list =>
    {
        foreach (int item in list)
        {
            Assert.InRange(item, 1, 2);
        }
    });

    [Fact]
    public void List_DifferentElementsSet_IsSilent() => Silent(new List<int> { 1, 2 }, static list => list[0] = 3, static list => list[1] = 4);

    [Fact]
    public void Array_DifferentElementsThroughInterface_IsSilent() => Silent<IList<int>>(new int[2], static list => list[0] = 3, static list => list[1] = 4);

    [Fact]
    public void Array_SummedByLinqWhileWritten_ReportsRace() => Races(new int[4], static array => array[2] = 3, static array => Assert.InRange(array.Sum(), 0, 3));

    [Fact]
    public void Derived_CollectionOfOnesOwn_IsMemory() => Races(new Names(), static names => names.Add("a"), static names => names.Add("b"));

    [Fact]
    public void Random_OwnIsMemoryAndSharedIsNot()
    {
        Races(new Random(1), static random => random.Next(), static random => random.Next());
        Silent(Random.Shared, static random => random.Next(), static random => random.Next());
    }

    [Fact]
    public void Matrix_SameElement_ReportsRace() => Races(new int[2, 3], static matrix => matrix[1, 2] = 1, static matrix => Assert.InRange(matrix[1, 2], 0, 1));

    [Fact]
    public void Matrix_DifferentElements_IsSilent() => Silent(new string[2, 3], static matrix => matrix[1, 2] = "a", static matrix => Assert.Null(matrix[0, 2]));

    [Fact]
    public void Out_SetsField_ReportsRace() => Races(new Cell(), static cell => Assert.True(int.TryParse("12", out cell.Value)), static cell => Assert.InRange(cell.Value, 0, 12));

    [Fact]
    public void Method_OfFieldsValue_ReadsField() => Races(new Cell(), static cell => cell.Value = 5, static cell => Assert.NotEmpty(cell.Value.ToString("D", null) + cell.Value.GetHashCode()));

    [Fact]
    public void Struct_WithReadOnlyFields_ChangesWithItsVariable() => Races(new Cell(), static cell => cell.Pair = new Pair(1, 2), static cell => Assert.InRange(cell.Pair.Sum(), 0, 3));

    [Fact]
    public void Array_Copied_IsReadAndWritten()
    {
        Races(new int[8], static array => array[5] = 1, static array => Assert.Equal(8, ((int[])array.Clone()).Length));
        Races(new int[8], static array => Assert.InRange(array[5], 0, 1), static array => Array.Fill(array, 1));
        Races(new int[8], static array => array[5] = 1, static array => Assert.Equal(4, array.AsSpan(4).ToArray().Length));
        Silent(new int[8], static array => array[5] = 1, static array => Assert.Equal(4, array.AsSpan(0, 4).ToArray().Length));
        Races(new byte[8], static array => array[5] = 1, static array => Buffer.BlockCopy(array, 4, new byte[4], 0, 4));
    }

    [Fact]
    public void Stream_BufferReadInto_IsWritten()
    {
        Races(new byte[8], static buffer => buffer[1] = 1, static buffer => Assert.Equal(4, new MemoryStream(new byte[4]).Read(buffer)));
        Silent(new byte[8], static buffer => buffer[5] = 1, static buffer => Assert.Equal(4, new MemoryStream(new byte[4]).Read(buffer)));
        Races(new byte[8], static buffer => buffer[1] = 1, static buffer => new MemoryStream().Write(buffer));
    }

    private static void Silent<T>(T target, Action<T> first, Action<T> second) => GoTest.Run(() => Beside(target, first, second));

    private static string Races<T>(T target, Action<T> first, Action<T> second) => RaceFinder.Find(() => GoTest.Run(() => Beside(target, first, second)), "MemoryTests.cs:");

    /// <summary>The second thread starts when the first has ended, so that the steps never overlap. The detector does not see the join, because the method that makes it is not
    /// rewritten.</summary>
    private static void Beside<T>(T target, Action<T> first, Action<T> second)
    {
        Thread one = new(() => first(target));
        Thread other = new(() => second(target));
        one.Start();
        Await(one);
        other.Start();
        other.Join();
    }

    [RaceIgnore("The order that it makes is hidden from the detector.")]
    private static void Await(Thread thread) => thread.Join();

    private sealed class Names : List<string>;

    private sealed class Cell
    {
        internal int Value;
        internal Pair Pair;
    }

    private readonly struct Pair(int x, int y)
    {
        internal int Sum() => x + y;
    }
}
