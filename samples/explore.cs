#:project ../src/Goroutines.Testing/Goroutines.Testing.csproj

// The explorer finds a deadlock that an ordinary test hardly ever meets: two accounts locked in two orders. Prints what
// it found, the same once more from its seed, and that the program with an order of locking passes under every schedule.

using Goroutines;
using Goroutines.Testing;

var seed = "";
try
{
    GoTest.Explore(() => Transfers(inOrder: false));
}
catch (ExplorationException failure)
{
    seed = failure.Seed;
    Console.WriteLine($"found: {failure.Kind}");
    Console.WriteLine(failure.Trace);
}

try
{
    GoTest.Replay(seed, () => Transfers(inOrder: false));
}
catch (ExplorationException again)
{
    Console.WriteLine($"again: {again.Kind}");
}

var all = GoTest.Explore(
    () => Transfers(inOrder: true),
    new ExploreOptions { Strategy = ExploreStrategy.Exhaustive, PreemptionBound = int.MaxValue, Schedules = 100_000 });
Console.WriteLine($"in order: every schedule passes: {all.Complete}");

static async Task Transfers(bool inOrder)
{
    GoMutex savings = new(), checking = new();
    var other = Go.Run(() => Transfer(savings, checking));
    await (inOrder ? Transfer(savings, checking) : Transfer(checking, savings));
    await other;
}

static async ValueTask Transfer(GoMutex first, GoMutex second)
{
    using (await first.LockAsync())
    {
        using (await second.LockAsync())
        {
        }
    }
}
