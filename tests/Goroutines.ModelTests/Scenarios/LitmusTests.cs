using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The explorer itself: programs of a few loads and stores whose outcomes are known.</summary>
public class LitmusTests
{
    /// <summary>Two threads, each of which stores and then looks at what the other stores.</summary>
    [Theory]
    [InlineData(false, "00 01 10 11")]
    [InlineData(true, "01 10 11")]
    public void StoreThenLoad_OnlyAFenceKeepsTheOrder(bool fence, string expected)
    {
        Assert.Equal(expected, Litmus.Outcomes(new ExplorerOptions(), 2, (memory, results) => new ModelProgram()
            .Thread("0", () => results[0] = StoreAndLook(memory, 0, 1, fence))
            .Thread("1", () => results[1] = StoreAndLook(memory, 1, 0, fence))));
    }

    /// <summary>A value, then the flag that says it is there.</summary>
    [Theory]
    [InlineData(false, false, "00 01 11")]
    [InlineData(true, false, "00 01 10 11")]
    [InlineData(true, true, "00 01 11")]
    public void ValueThenFlag_ArriveInOrderUnlessStoresAreReordered(bool reorder, bool release, string expected)
    {
        Assert.Equal(expected, Litmus.Outcomes(new ExplorerOptions { ReorderStores = reorder }, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Memory.Store(ref memory[0], 1, Sites.Count);
                if (release)
                {
                    Memory.StoreVolatile(ref memory[1], 1, Sites.Count);
                }
                else
                {
                    Memory.Store(ref memory[1], 1, Sites.Count);
                }
            })
            .Thread("reader", () =>
            {
                results[0] = Shared.Read(ref memory[1]);
                results[1] = Shared.Read(ref memory[0]);
            })));
    }

    [Fact]
    public void OwnStore_IsSeenByItsThreadFirst()
    {
        string outcomes = Litmus.Outcomes(new ExplorerOptions(), 4, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                Shared.Write(ref memory[0], 1);
                results[0] = Shared.Read(ref memory[0]);
                results[1] = Shared.Read(ref memory[1]);
            })
            .Thread("1", () =>
            {
                Shared.Write(ref memory[1], 1);
                results[2] = Shared.Read(ref memory[1]);
                results[3] = Shared.Read(ref memory[0]);
            }));
        Assert.Equal("1010 1011 1110 1111", outcomes);
    }

    /// <summary>The buffer may be emptied between a store and the load after it, and another thread may store in between.</summary>
    [Fact]
    public void OwnStore_MayBeOverwrittenBeforeItIsLoaded()
    {
        Assert.Equal("1 2", Litmus.Outcomes(new ExplorerOptions(), 1, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                Shared.Write(ref memory[0], 1);
                results[0] = Shared.Read(ref memory[0]);
            })
            .Thread("1", () => Shared.Write(ref memory[0], 2))));
    }

    /// <summary>A fence in all threads may also come before another thread's stores, though it has to wait for those that have begun.</summary>
    [Fact]
    public void FenceInAllThreads_BeforeOrAfterTheStoresOfOthers()
    {
        Assert.Equal("1 2", Litmus.Outcomes(new ExplorerOptions(), 1, (memory, results) =>
        {
            ModelProgram program = new ModelProgram()
                .Thread("0", () => Shared.Write(ref memory[0], 1))
                .Thread("1", () =>
                {
                    Memory.FenceAll(Sites.Count);
                    Shared.Write(ref memory[0], 2);
                });
            program.Check = () => results[0] = memory[0];
            return program;
        }));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 6)]
    [InlineData(4, 24)]
    public void InterlockedOperations_EachOrderOnce(int threads, int orders)
    {
        Exploration result = Explorer.Explore(() =>
        {
            int[] memory = new int[1];
            ModelProgram program = new() { Check = () => Assert.Equal(threads, memory[0]) };
            for (int i = 0; i < threads; i++)
            {
                program.Thread($"{i}", () => Shared.Add(ref memory[0], 1));
            }

            return program;
        });
        Assert.True(result is { Failure: null, IsComplete: true, Redundant: 0 }, result.ToString());
        Assert.Equal(orders, result.Executions);
    }

    [Fact]
    public void IndependentThreads_OneExecution()
    {
        Exploration result = Explorer.Explore(() =>
        {
            int[] memory = new int[3];
            ModelProgram program = new();
            for (int i = 0; i < memory.Length; i++)
            {
                int own = i;
                program.Thread($"{i}", () =>
                {
                    Shared.Write(ref memory[own], 1);
                    Shared.Add(ref memory[own], Shared.Read(ref memory[own]));
                });
            }

            return program;
        });
        Assert.Equal(1, result.Executions);
        Assert.True(result.IsComplete);
    }

    /// <summary>The reduction leaves no outcome out: compared with all interleavings there are, for random programs.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void RandomPrograms_ReducedAndFullExploration_SameOutcomes(bool reorderStores, bool reorderLoads)
    {
        ExplorerOptions options = new() { ReorderStores = reorderStores, ReorderLoads = reorderLoads };
        int seed = int.TryParse(Environment.GetEnvironmentVariable("GOROUTINES_MODEL_SEED"), out int given) ? given : 20_261;
        Random random = new(seed);
        for (int i = 0; i < 20; i++)
        {
            RandomProgram program = new(random, threads: i % 4 == 0 ? 3 : 2);
            string all = Litmus.Outcomes(options with { Reduce = false }, program.Results, program.Make);
            string reduced = Litmus.Outcomes(options, program.Results, program.Make);
            Assert.True(all == reduced, $"GOROUTINES_MODEL_SEED={seed}, program {i}:\n{program}\nall:     {all}\nreduced: {reduced}");
        }
    }

    private static int StoreAndLook(int[] memory, int own, int other, bool fence)
    {
        Shared.Write(ref memory[own], 1);
        if (fence)
        {
            Memory.Fence(Sites.Count);
        }

        return Shared.Read(ref memory[other]);
    }
}
