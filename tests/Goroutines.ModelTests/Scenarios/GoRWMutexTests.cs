using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The read-write lock of goroutines, between plain threads: a writer is alone, readers see all or nothing of what it wrote, and nobody is left waiting.</summary>
public class GoRWMutexTests
{
    [Fact]
    public void WriterAgainstReader() => Verify.Holds(() => WritersAndReaders(writers: 1, readers: 1));

    [Fact]
    public void TwoWriters() => Verify.Holds(() => WritersAndReaders(writers: 2, readers: 0));

    [Fact]
    public void TwoReaders() => Verify.Holds(() => WritersAndReaders(writers: 0, readers: 2));

    [Fact]
    public void WriterAgainstReader_LoadsReordered() => Verify.HoldsReordered(() => WritersAndReaders(writers: 1, readers: 1));

    [Fact]
    public void TwoReaders_LoadsReordered() => Verify.HoldsReordered(() => WritersAndReaders(writers: 0, readers: 2));

    [Theory]
    [InlineData("GoRWMutex.ReadLockAsync CompareExchange _state")]
    [InlineData("GoRWMutex.ReleaseFirstRead CompareExchange _state")]
    [InlineData("GoRWMutex.LockAsync CompareExchange _state")]
    [InlineData("GoRWMutex.ReleaseWrite CompareExchange _state")]
    public void Planted_ChangedByAPlainStore(string site) => Verify.Finds(() => WritersAndReaders(writers: 1, readers: 1), Plant.Weaken(site));

    [Fact]
    public void Planted_FirstReaderOfTwoByAPlainStore()
        => Verify.Finds(() => WritersAndReaders(writers: 0, readers: 2), Plant.Weaken("GoRWMutex.ReadLockAsync CompareExchange _state"));

    private static ModelProgram WritersAndReaders(int writers, int readers)
    {
        GoRWMutex mutex = new();
        int one = 0;
        int other = 0;
        ModelProgram program = new()
        {
            Check = () =>
            {
                Assert.Equal(writers, one);
                Assert.True(mutex.TryLock(out _), "Nobody holds the lock, and it is locked.");
            },
        };
        for (int i = 0; i < writers; i++)
        {
            program.Thread($"writer {i}", () =>
            {
                using (mutex.Lock())
                {
                    Shared.Write(ref one, Shared.Read(ref one) + 1);
                    Shared.Write(ref other, Shared.Read(ref other) + 1);
                }
            });
        }

        for (int i = 0; i < readers; i++)
        {
            program.Thread($"reader {i}", () =>
            {
                using (mutex.ReadLock())
                {
                    Assert.Equal(Shared.Read(ref one), Shared.Read(ref other));
                }
            });
        }

        return program;
    }
}
