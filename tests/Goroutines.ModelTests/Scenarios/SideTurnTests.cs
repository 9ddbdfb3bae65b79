using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>
/// A body blocks, what is posted to its goroutine runs in side turns, and the body goes on (the protocol in SideTurns.cs): one of
/// them at a time, nothing is lost, and the thread that comes back gets its turn without a worker's help.
/// </summary>
public class SideTurnTests
{
    private const int MostPreemptions = 3;

    [Fact]
    public void Wait_AgainstAPost() => Verify.HoldsWithin(MostPreemptions, () => WaitAgainstPosts(posters: 1, nested: false));

    [Fact]
    public void Wait_AgainstTwoPosts() => Verify.HoldsWithin(2, () => WaitAgainstPosts(posters: 2, nested: false));

    [Fact]
    public void Wait_InsideAWait() => Verify.HoldsWithin(3, () => WaitAgainstPosts(posters: 1, nested: true));

    [Fact]
    public void Wait_AgainstACompletion() => Verify.HoldsWithin(MostPreemptions, WaitAgainstCompletion);

    [Fact]
    public void FreeContinuation_TakenOutOfTheSlotInTheTurn_RunsOnce() => Verify.HoldsWithin(MostPreemptions, FreeAgainstMonitor);

    [Fact]
    public void Wait_AgainstAPost_LoadsReordered() => Verify.HoldsReordered(() => WaitAgainstPosts(posters: 1, nested: false));

    [Fact]
    public void Wait_AgainstTwoPosts_LoadsReordered() => Verify.HoldsReordered(() => WaitAgainstPosts(posters: 2, nested: false), options: new ExplorerOptions { MostExecutions = 8_000 });

    [Fact]
    public void Wait_InsideAWait_LoadsReordered() => Verify.HoldsReordered(() => WaitAgainstPosts(posters: 1, nested: true), preemptions: 1);

    [Fact]
    public void Wait_AgainstACompletion_LoadsReordered() => Verify.HoldsReordered(WaitAgainstCompletion);

    [Fact]
    public void FreeContinuation_TakenOutOfTheSlotInTheTurn_LoadsReordered() => Verify.HoldsReordered(FreeAgainstMonitor);

    [Fact]
    public void Planted_TurnGivenUpByAPlainStore()
        => Finds(() => WaitAgainstPosts(posters: 1, nested: true), Plant.Weaken("G.GiveTurnUp CompareExchange _status"));

    [Fact]
    public void Planted_TurnTakenBackByAPlainStore()
        => Finds(() => WaitAgainstPosts(posters: 1, nested: false), Plant.Weaken("G.TryTakeTurn CompareExchange _status"));

    [Fact]
    public void Planted_NoLookForThoseThatReturn()
        => Finds(() => WaitAgainstPosts(posters: 1, nested: true), Plant.Blind("SideTurns.get_HasReturning LoadVolatile _returning"));

    [Fact]
    public void Planted_TakenFromTheQueueByAPlainStore()
        => Finds(() => WaitAgainstPosts(posters: 1, nested: false), Plant.Weaken("G.TakeFromQueue CompareExchange _status"));

    [Fact]
    public void Planted_NoLookIntoTheInbox()
        => Finds(() => WaitAgainstPosts(posters: 1, nested: false), Plant.Blind("G.HasNews Load G._inbox"));

    [Fact]
    public void Planted_NoLookAtTheOperation() => Finds(WaitAgainstCompletion, Plant.Blind("WaitSource.get_HasNews LoadVolatile _completed"));

    [Fact]
    public void Planted_SlotLockedByAPlainStore() => Finds(FreeAgainstMonitor, Plant.Weaken("G.LockSlot CompareExchange _slotKind"));

    private static void Finds(Func<ModelProgram> program, Plant plant)
        => Verify.Finds(program, plant, new ExplorerOptions { MostPreemptions = MostPreemptions });

    /// <summary>The body waits in a blocking region, so that its worker's P stays out of it; another worker gives what is queued a turn.</summary>
    private static ModelProgram WaitAgainstPosts(int posters, bool nested)
    {
        Turns turns = new(procs: 2);
        int[] calls = new int[posters];
        int after = 0;
        G g = turns.Goroutine(() =>
        {
            turns.Enter();
            turns.Leave();
            Wait();
            turns.Enter();
            after++;
            turns.Leave();
            return Task.CompletedTask;
        });
        Worker first = turns.Worker();
        Worker second = turns.Worker();
        ModelProgram program = new ModelProgram
        {
            Check = () =>
            {
                bool again = turns.IsQueued(g);
                Assert.Equal(1, after);
                Assert.True(again || !g.HasPosted, "Something was posted, and no turn is to come.");
                Assert.All(calls, count => Assert.True(count == 1 || (count == 0 && again), $"A callback has run {count} times."));
            },
        }
        .Thread("body", () =>
        {
            first.Begin();
            first.Run(g);
        })
        .Daemon("worker", () =>
        {
            second.Begin();
            for (int i = 0; i < 2 && second.HasP; i++)
            {
                turns.RunGlobal(second);
            }
        });
        for (int i = 0; i < posters; i++)
        {
            int at = i;
            program.Thread($"poster {i}", () => g.Post(
                _ =>
                {
                    turns.Enter();
                    turns.Leave();
                    if (nested)
                    {
                        Wait();
                    }

                    turns.Enter();
                    calls[at]++;
                    turns.Leave();
                },
                null));
        }

        return program;
    }

    /// <summary>A method that the body has begun waits in the goroutine's slot while the body blocks its thread.</summary>
    private static ModelProgram WaitAgainstCompletion()
    {
        Turns turns = new(procs: 2);
        Chan<int> channel = new();
        int received = 0;
        int after = 0;
        G g = turns.Goroutine(() =>
        {
            Task helper = Helper();
            Wait();
            turns.Enter();
            after++;
            turns.Leave();
            return helper;
        });
        Worker first = turns.Worker();
        Worker second = turns.Worker();
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(1, after);
                Assert.True(turns.IsQueued(g) || received == 7, "The goroutine rests though its operation is over.");
            },
        }
        .Thread("body", () =>
        {
            first.Begin();
            first.Run(g);
        })
        .Daemon("worker", () =>
        {
            second.Begin();
            turns.RunGlobal(second);
        })
        .Thread("sender", () => channel.Send(7));

        async Task Helper()
        {
            int value = (await channel.ReceiveAsync()).Value;
            turns.Enter();
            received = value;
            turns.Leave();
        }
    }

    /// <summary>What sysmon does in a turn that lasts, at any moment, while the goroutine parks and its operation completes.</summary>
    private static ModelProgram FreeAgainstMonitor()
    {
        Turns turns = new(procs: 1);
        Chan<int> channel = new();
        int runs = 0;
        G g = turns.Goroutine(() =>
        {
            ValueTask<Received<int>> receive = channel.ReceiveAsync();
            if (receive.IsCompleted)
            {
                Shared.Add(ref runs, 1);
            }
            else
            {
                receive.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => Shared.Add(ref runs, 1));
            }

            return Task.CompletedTask;
        });
        Worker worker = turns.Worker();
        return new ModelProgram
        {
            Check = () => Assert.True(runs == 1 || (runs == 0 && turns.IsQueued(g)), $"The continuation has run {runs} times."),
        }
        .Thread("worker", () =>
        {
            worker.Begin();
            worker.Run(g);
            turns.RunGlobal(worker);
        })
        .Thread("monitor", g.FreeSlotOfLongTurn)
        .Thread("sender", () => channel.Send(7));
    }

    private static void Wait()
    {
        M m = M.Current!;
        int region = m.EnterBlocking();
        bool hadP = m.BeginWait();
        m.EndWait(hadP, mayHoldLock: true);
        m.ExitBlocking(region);
    }
}
