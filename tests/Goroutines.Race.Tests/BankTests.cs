using Goroutines.Testing;
using Xunit;

namespace Goroutines.Race.Tests;

/// <summary>The example of the documents: found in an explored schedule, with both places, the variable and a seed that repeats it.</summary>
public sealed class BankTests
{
    [Fact]
    public void Explore_AccountWithoutLock_ReportsBothPlacesVariableAndSeed()
    {
        ExplorationException found = Assert.Throws<ExplorationException>(static () => GoTest.Explore(Unlocked));

        Assert.Equal(FailureKind.DataRace, found.Kind);
        string report = Assert.Single(Assert.IsType<DataRaceException>(found.InnerException).Reports);
        Assert.Contains("Account.Balance (int)", report, StringComparison.Ordinal);
        Assert.Equal(2, report.Split("Account.Deposit()").Length - 1);
        Assert.Contains("BankTests.cs:", report, StringComparison.Ordinal);
        for (int i = 0; i < 100; i++)
        {
            ExplorationException again = Assert.Throws<ExplorationException>(() => GoTest.Replay(found.Seed, Unlocked));
            Assert.Equal(found.InnerException!.Message, again.InnerException!.Message);
        }
    }

    [Fact]
    public void Explore_AccountWithLock_FindsNothing() => GoTest.Explore(Locked);

    private static async Task Unlocked()
    {
        Account account = new();
        WaitGroup done = new();
        for (int i = 0; i < 2; i++)
        {
            done.Spawn(() => account.Deposit(1));
        }

        await done.WaitAsync();
        Assert.InRange(account.Balance, 1, 2);
    }

    private static async Task Locked()
    {
        Account account = new();
        GoMutex mutex = new();
        WaitGroup done = new();
        for (int i = 0; i < 2; i++)
        {
            done.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                    account.Deposit(1);
                }
            });
        }

        await done.WaitAsync();
        Assert.Equal(2, account.Balance);
    }

    private sealed class Account
    {
        internal int Balance { get; private set; }

        internal void Deposit(int amount) => Balance += amount;
    }
}
