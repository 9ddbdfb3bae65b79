using Goroutines.ModelTests.Model;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>The end of a goroutine's turn against those who wake it: nothing is lost between the two, and it has one turn at a time.</summary>
public class TurnTests
{
    [Fact]
    public void Park_AgainstACompletion() => Verify.Holds(ParkAgainstSend);

    [Fact]
    public void Park_AgainstACompletionElsewhere_OneTurnAtATime() => Verify.Holds(TwoWorkers);

    [Fact]
    public void Park_AgainstAPost() => Verify.Holds(() => ParkAgainstPosts(1));

    [Fact]
    public void Park_AgainstTwoPosts() => Verify.Holds(() => ParkAgainstPosts(2));

    [Fact]
    public void Park_AgainstACompletion_LoadsReordered() => Verify.HoldsReordered(ParkAgainstSend);

    [Fact]
    public void Park_AgainstACompletionElsewhere_OneTurnAtATime_LoadsReordered() => Verify.HoldsReordered(TwoWorkers);

    [Fact]
    public void Park_AgainstTwoPosts_LoadsReordered() => Verify.HoldsReordered(() => ParkAgainstPosts(2));

    [Fact]
    public void ResultTakenElsewhere_OneGetsIt() => Verify.HoldsWithin(3, TakenTwice);

    [Fact]
    public void Planted_TakenElsewhereWithoutAFenceInAllThreads() => Verify.Finds(TakenTwice, Plant.Drop("WaitSource.Steal FenceAll"));

    [Fact]
    public void Planted_ParkWithoutFence() => Verify.Finds(ParkAgainstSend, Plant.Weaken("G.Commit Exchange _status"));

    [Fact]
    public void Planted_ParkWithoutASecondLook() => Verify.Finds(ParkAgainstSend, Plant.Blind("WaitSource.get_HasNews LoadVolatile _completed"));

    [Fact]
    public void Planted_ReadyByAPlainStore() => Verify.Finds(ParkAgainstSend, Plant.Weaken("G.TryReady CompareExchange _status"));

    [Fact]
    public void Planted_TakenBackByAPlainStore() => Verify.Finds(TwoWorkers, Plant.Weaken("G.Commit CompareExchange _status"));

    [Fact]
    public void Planted_PostByAPlainStore() => Verify.Finds(() => ParkAgainstPosts(2), Plant.Weaken("G.Push CompareExchange _inbox"));

    [Fact]
    public void Planted_ParkWithoutALookIntoTheInbox() => Verify.Finds(() => ParkAgainstPosts(1), Plant.Blind("G.Commit Load G._inbox"));

    /// <summary>A goroutine receives what a thread sends.</summary>
    private static ModelProgram ParkAgainstSend()
    {
        Turns turns = new(procs: 1);
        Chan<int> channel = new();
        int received = 0;
        G g = turns.Goroutine(async () =>
        {
            turns.Enter();
            ValueTask<Received<int>> operation = channel.ReceiveAsync();
            turns.Leave();
            int value = (await operation).Value;
            turns.Enter();
            received = value;
            turns.Leave();
        });
        Worker worker = turns.Worker();
        return new ModelProgram { Check = () => Assert.True(turns.IsQueued(g) || received == 7, "The goroutine has parked though its operation is over.") }
            .Thread("worker", () =>
            {
                worker.Begin();
                worker.Run(g);
            })
            .Thread("sender", () => channel.Send(7));
    }

    /// <summary>A goroutine awaits what a thread, which has no business with it, takes the result of. One gets the value; the other gets the exception of a misuse.</summary>
    private static ModelProgram TakenTwice()
    {
        Turns turns = new(procs: 1);
        Chan<int> channel = new();
        ValueTask<Received<int>> operation = default;
        List<int> received = [];
        int refused = 0;
        G g = turns.Goroutine(async () =>
        {
            operation = channel.ReceiveAsync();
            await Take(() => operation);
        });
        Worker worker = turns.Worker();
        worker.Begin();
        worker.Run(g);
        worker.End();
        channel.TrySend(7);
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal([7], received);
                Assert.Equal(1, refused);
            },
        }
        .Thread("worker", () =>
        {
            worker.Begin();
            turns.RunGlobal(worker);
        })
        .Thread("elsewhere", () => Take(() => new ValueTask<Received<int>>(operation.GetAwaiter().GetResult())).GetAwaiter().GetResult());

        async Task Take(Func<ValueTask<Received<int>>> take)
        {
            try
            {
                received.Add((await take()).Value);
            }
            catch (InvalidOperationException)
            {
                refused++;
            }
        }
    }

    /// <summary>As before, and another worker gives it its next turn as soon as it is queued.</summary>
    private static ModelProgram TwoWorkers()
    {
        Turns turns = new(procs: 2);
        Chan<int> channel = new();
        int received = 0;
        G g = turns.Goroutine(async () =>
        {
            turns.Enter();
            ValueTask<Received<int>> operation = channel.ReceiveAsync();
            turns.Leave();
            int value = (await operation).Value;
            turns.Enter();
            received = value;
            turns.Leave();
        });
        Worker first = turns.Worker();
        Worker second = turns.Worker();
        return new ModelProgram { Check = () => Assert.True(turns.IsQueued(g) || received == 7, "The goroutine has parked though its operation is over.") }
            .Thread("first", () =>
            {
                first.Begin();
                first.Run(g);
            })
            .Thread("second", () =>
            {
                second.Begin();
                turns.RunGlobal(second);
            })
            .Thread("sender", () => channel.Send(7));
    }

    /// <summary>A goroutine waits for what never comes; what is posted to it runs all the same, once each.</summary>
    private static ModelProgram ParkAgainstPosts(int posters)
    {
        Turns turns = new(procs: 1);
        Chan<int> never = new();
        int[] calls = new int[posters];
        G g = turns.Goroutine(async () => await never.ReceiveAsync());
        Worker worker = turns.Worker();
        ModelProgram program = new ModelProgram
        {
            // Whatever has not run yet will in the next turn, which has to come.
            Check = () =>
            {
                bool again = turns.IsQueued(g);
                Assert.True(again || !g.HasPosted, "Something was posted, and no turn is to come.");
                Assert.All(calls, count => Assert.True(count == 1 || (count == 0 && again), $"A callback has run {count} times."));
            },
        }
        .Thread("worker", () =>
        {
            worker.Begin();
            worker.Run(g);
        });
        for (int i = 0; i < posters; i++)
        {
            int at = i;
            program.Thread($"poster {i}", () => g.Post(
                _ =>
                {
                    turns.Enter();
                    calls[at]++;
                    turns.Leave();
                },
                null));
        }

        return program;
    }
}
