using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The explorer itself, where loads may overtake each other: programs whose outcomes on Arm are known.</summary>
public class ReorderedLoadsTests
{
    private static readonly ExplorerOptions s_options = new() { ReorderLoads = true };

    /// <summary>A value, then the flag that says it is there (MP): both sides have to keep the order.</summary>
    [Theory]
    [InlineData(false, false, "00 01 10 11")]
    [InlineData(false, true, "00 01 10 11")]
    [InlineData(true, false, "00 01 10 11")]
    [InlineData(true, true, "00 01 11")]
    public void ValueThenFlag_NeedsReleaseAndAcquire(bool release, bool acquire, string expected)
    {
        Assert.Equal(expected, Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Store(ref memory[0], 1);
                Store(ref memory[1], 1, release);
            })
            .Thread("reader", () =>
            {
                results[0] = Load(ref memory[1], acquire);
                results[1] = Load(ref memory[0]);
            })));
    }

    /// <summary>Any interlocked operation and any fence between the loads keeps their order, too.</summary>
    [Theory]
    [InlineData("fence")]
    [InlineData("interlocked")]
    [InlineData("failing")]
    public void ValueThenFlag_FenceBetweenTheLoads(string between)
    {
        Assert.Equal("00 01 11", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Store(ref memory[0], 1);
                Store(ref memory[1], 1, release: true);
            })
            .Thread("reader", () =>
            {
                results[0] = Load(ref memory[1]);
                switch (between)
                {
                    case "fence":
                        Memory.Fence(Sites.Count);
                        break;
                    case "interlocked":
                        Shared.Add(ref memory[2], 1);
                        break;
                    default:
                        Memory.CompareExchange(ref memory[2], 1, 5, Sites.Count);
                        break;
                }

                results[1] = Load(ref memory[0]);
            })));
    }

    /// <summary>The flag is set and looked for by interlocked operations.</summary>
    [Fact]
    public void ValueThenFlag_ByInterlockedOperations()
    {
        Assert.Equal("00 01 11", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Store(ref memory[0], 1);
                Shared.Exchange(ref memory[1], 1);
            })
            .Thread("reader", () =>
            {
                results[0] = Memory.CompareExchange(ref memory[1], 0, 0, Sites.Count);
                results[1] = Load(ref memory[0]);
            })));
    }

    /// <summary>A lock lets in what was stored before it was given back.</summary>
    [Fact]
    public void ValuesInALock_AreSeenTogether()
    {
        Assert.Equal("00 11", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Memory.Lock(ref memory[2], Sites.Count);
                Store(ref memory[0], 1);
                Store(ref memory[1], 1);
                Store(ref memory[2], 0, release: true);
            })
            .Thread("reader", () =>
            {
                Memory.Lock(ref memory[2], Sites.Count);
                results[0] = Load(ref memory[1]);
                results[1] = Load(ref memory[0]);
                Store(ref memory[2], 0, release: true);
            })));
    }

    /// <summary>Each stores and then looks for the other's (SB): only fences on both sides keep that apart from 00.</summary>
    [Theory]
    [InlineData(false, false, "00 01 10 11")]
    [InlineData(true, false, "00 01 10 11")]
    [InlineData(true, true, "01 10 11")]
    public void StoreThenLoad_NeedsTwoFences(bool first, bool second, string expected)
    {
        Assert.Equal(expected, Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                Store(ref memory[0], 1, release: true);
                FenceIf(first);
                results[0] = Load(ref memory[1], acquire: true);
            })
            .Thread("1", () =>
            {
                Store(ref memory[1], 1, release: true);
                FenceIf(second);
                results[1] = Load(ref memory[0], acquire: true);
            })));
    }

    /// <summary>As before, with a fence in all threads on one side, and none on the other.</summary>
    [Fact]
    public void StoreThenLoad_FenceInAllThreads()
    {
        Assert.Equal("01 10 11", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                Store(ref memory[0], 1);
                Memory.FenceAll(Sites.Count);
                results[0] = Load(ref memory[1]);
            })
            .Thread("1", () =>
            {
                Store(ref memory[1], 1);
                results[1] = Load(ref memory[0]);
            })));
    }

    /// <summary>Loads are not delayed beyond later stores (LB): Arm may, this model does not.</summary>
    [Fact]
    public void LoadThenStore_StaysInOrder()
    {
        Assert.Equal("00 01 10", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                results[0] = Load(ref memory[0]);
                Store(ref memory[1], 1);
            })
            .Thread("1", () =>
            {
                results[1] = Load(ref memory[1]);
                Store(ref memory[0], 1);
            })));
    }

    /// <summary>Two plain loads of one place never find the newer value first (CoRR).</summary>
    [Fact]
    public void TwoLoadsOfOnePlace_NeverGoBack()
    {
        Assert.Equal("00 01 02 11 12 22", Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("writer", () =>
            {
                Store(ref memory[0], 1);
                Store(ref memory[0], 2);
            })
            .Thread("reader", () =>
            {
                results[0] = Load(ref memory[0]);
                results[1] = Load(ref memory[0]);
            })));
    }

    /// <summary>No thread loads what is older than its own store.</summary>
    [Fact]
    public void OwnStore_IsNeverForgotten()
    {
        Assert.Equal("1 2", Litmus.Outcomes(s_options, 1, (memory, results) => new ModelProgram()
            .Thread("0", () =>
            {
                Store(ref memory[0], 1);
                results[0] = Load(ref memory[0]);
            })
            .Thread("1", () => Store(ref memory[0], 2))));
    }

    /// <summary>Two readers of two independent stores (IRIW): with acquire loads they agree on the order, as on Arm; with plain ones they need not.</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void TwoReadersOfTwoStores_AgreeIfTheyAcquire(bool acquire, bool differ)
    {
        string outcomes = Litmus.Outcomes(s_options, 4, (memory, results) => new ModelProgram()
            .Thread("0", () => Store(ref memory[0], 1))
            .Thread("1", () => Store(ref memory[1], 1))
            .Thread("2", () =>
            {
                results[0] = Load(ref memory[0], acquire);
                results[1] = Load(ref memory[1]);
            })
            .Thread("3", () =>
            {
                results[2] = Load(ref memory[1], acquire);
                results[3] = Load(ref memory[0]);
            }));
        Assert.Equal(differ ? 16 : 15, outcomes.Split(' ').Length);
        Assert.Equal(differ, outcomes.Contains("1010", StringComparison.Ordinal));
    }

    /// <summary>A store that depends on what another thread has published passes that on (WRC).</summary>
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void PassedOnByAThirdThread_NeedsTheAcquireOfTheLast(bool acquire, bool lost)
    {
        string outcomes = Litmus.Outcomes(s_options, 2, (memory, results) => new ModelProgram()
            .Thread("0", () => Store(ref memory[0], 1))
            .Thread("1", () => Store(ref memory[1], Load(ref memory[0]), release: true))
            .Thread("2", () =>
            {
                results[0] = Load(ref memory[1], acquire);
                results[1] = Load(ref memory[0]);
            }));
        Assert.Equal(lost, outcomes.Contains("10", StringComparison.Ordinal));
    }

    /// <summary>A load from an object comes after the load of its reference, and nothing else does.</summary>
    [Theory]
    [InlineData(false, "00 11 12")]
    [InlineData(true, "00 10 11")]
    public void ObjectThenField_FollowsTheReference(bool elsewhere, string expected)
    {
        Assert.Equal(expected, Litmus.Outcomes(s_options, 2, (memory, results) =>
        {
            Box published = new();
            Box? shared = null;
            return new ModelProgram()
                .Thread("writer", () =>
                {
                    Memory.Store(ref elsewhere ? ref memory[0] : ref published.Value, 1, Sites.Count);
                    Memory.StoreVolatile(ref shared, published, Sites.Count);
                    if (!elsewhere)
                    {
                        Memory.Store(ref published.Value, 2, Sites.Count);
                    }
                })
                .Thread("reader", () =>
                {
                    if (Memory.Load(ref shared, Sites.Count) is { } found)
                    {
                        results[0] = 1;
                        results[1] = Load(ref elsewhere ? ref memory[0] : ref found.Value);
                    }
                });
        }));
    }

    /// <summary>A thread that spins does not find the old value for ever, and goes on though no other store is to come.</summary>
    [Fact]
    public void Spinning_FindsTheNewValue()
    {
        Verify.Holds(
            static () =>
            {
                int[] memory = new int[2];
                return new ModelProgram { Check = () => Assert.Equal(1, memory[1]) }
                    .Thread("writer", () => Store(ref memory[0], 1))
                    .Thread("spins", () =>
                    {
                        SpinWait spin = default;
                        while (Load(ref memory[0]) == 0)
                        {
                            Memory.SpinOnce(ref spin, -1);
                        }

                        Store(ref memory[1], 1);
                    });
            },
            s_options);
    }

    /// <summary>A bound on old values leaves executions out, and the explorer says so.</summary>
    [Fact]
    public void MostOldLoads_IsABound()
    {
        int found = 0;
        Exploration result = Explorer.Explore(
            () =>
            {
                int[] memory = new int[2];
                return new ModelProgram()
                    .Thread("writer", () =>
                    {
                        Store(ref memory[0], 1, release: true);
                        Store(ref memory[1], 1, release: true);
                    })
                    .Thread("reader", () => found |= Load(ref memory[1]) > Load(ref memory[0]) ? 1 : 0);
            },
            s_options with { MostOldLoads = 0 });
        Assert.True(result is { Failure: null, IsComplete: false }, result.ToString());
        Assert.Equal(0, found);
    }

    /// <summary>The choices of an execution with old values lead to the same execution.</summary>
    [Fact]
    public void Replay_TakesTheOldValuesAgain()
    {
        Exploration result = Explorer.Explore(Broken, s_options);
        Assert.NotNull(result.Failure);
        Assert.Contains("~1", result.Choices, StringComparison.Ordinal);
        Exploration again = Explorer.Replay(Broken, result.Choices!, s_options);
        Assert.Contains("went back", again.Failure, StringComparison.Ordinal);
        Assert.Contains(again.Trace, static line => line.Contains("an old value", StringComparison.Ordinal));

        static ModelProgram Broken()
        {
            int[] memory = new int[2];
            return new ModelProgram()
                .Thread("writer", () =>
                {
                    Store(ref memory[0], 1, release: true);
                    Store(ref memory[1], 1, release: true);
                })
                .Thread("reader", () => Assert.False(Load(ref memory[1]) > Load(ref memory[0]), "It went back."));
        }
    }

    private static int Load(ref int place, bool acquire = false) => acquire ? Memory.LoadVolatile(ref place, Sites.Count) : Memory.Load(ref place, Sites.Count);

    private static void Store(ref int place, int value, bool release = false)
    {
        if (release)
        {
            Memory.StoreVolatile(ref place, value, Sites.Count);
        }
        else
        {
            Memory.Store(ref place, value, Sites.Count);
        }
    }

    private static void FenceIf(bool condition)
    {
        if (condition)
        {
            Memory.Fence(Sites.Count);
        }
    }

    private sealed class Box
    {
        internal int Value;
    }
}
