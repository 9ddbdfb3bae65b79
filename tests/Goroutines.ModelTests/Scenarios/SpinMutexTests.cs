using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The lock of a few instructions, step by step; in all other programs taking it is one step.</summary>
public class SpinMutexTests
{
    private static readonly ExplorerOptions s_steps = new() { ExploreLocks = true };

    [Fact]
    public void TwoThreads() => Verify.Holds(() => Count(threads: 2), s_steps);

    [Fact]
    public void ThreeThreads() => Verify.Holds(() => Count(threads: 3), s_steps);

    [Fact]
    public void ThreeThreads_StoresReordered() => Verify.Holds(() => Count(threads: 3), s_steps with { ReorderStores = true });

    [Fact]
    public void ThreeThreads_LoadsReordered() => Verify.Holds(() => Count(threads: 3), s_steps with { ReorderLoads = true });

    [Fact]
    public void Planted_TakenByAPlainStore() => Verify.Finds(() => Count(threads: 2), Plant.Weaken("SpinMutex.Enter CompareExchange _held"), s_steps);

    [Fact]
    public void Planted_TakenByAPlainStoreAfterSpinning() => Verify.Finds(() => Count(threads: 3), Plant.Weaken("SpinMutex.EnterContended CompareExchange _held"), s_steps);

    [Fact]
    public void Planted_GivenBackWithoutRelease_StoresReordered()
        => Verify.Finds(() => Count(threads: 2), Plant.Weaken("SpinMutex.Exit StoreVolatile _held"), s_steps with { ReorderStores = true });

    private static ModelProgram Count(int threads)
    {
        SpinMutex mutex = default;
        int count = 0;
        ModelProgram program = new() { Check = () => Assert.Equal(threads, count) };
        for (int i = 0; i < threads; i++)
        {
            program.Thread($"{i}", () =>
            {
                mutex.Enter();
                Memory.Store(ref count, Shared.Read(ref count) + 1, Sites.Count);
                mutex.Exit();
            });
        }

        return program;
    }
}
