using Goroutines.Testing;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Many schedules, and in each other faults, over the engine in memory.</summary>
public sealed class ExploredTests
{
    private const int MaxFaults = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explore_QueueWithLostRequestsAndAnswers_LosesNothing(bool earlyTimers) => GoTest.Explore(
        static async () =>
        {
            Chance chance = new();
            InMemoryTestCluster cluster = new(chance.Next);
            Ledger ledger = new();
            ClusterChan<int> sender = await (await cluster.ConnectAsync("sender")).OpenAsync(Named.Numbers, Named.Options(capacity: 2));
            using CancellationTokenSource stop = new();
            ErrGroup group = new();
            for (int i = 0; i < 2; i++)
            {
                ClusterChan<int> worker = await (await cluster.ConnectAsync($"worker {i}")).OpenAsync(Named.Numbers, Named.Options(capacity: 2));
                group.Spawn(async () => await worker.ServeAsync(
                    (delivery, _) =>
                    {
                        ledger.Handled(delivery.Value);
                        return default;
                    },
                    cancellationToken: stop.Token));
            }

            for (int i = 0; i < 4; i++)
            {
                try
                {
                    await sender.SendAsync(i);
                    ledger.Sent(i);
                }
                catch (DeliveryUnknownException)
                {
                    ledger.Unknown(i);
                }

                ledger.Sample(await sender.GetInfoAsync());
            }

            await sender.DrainAsync();
            await stop.CancelAsync();
            await group.WaitAsync();
            await foreach (DeadLetter<int> letter in sender.DeadLetters.BrowseAsync())
            {
                Assert.True(letter.TryGetValue(out int value));
                ledger.Dead(value);
            }

            await cluster.EndAsync();

            // Early timers make holds run out at any time, each of which may double a value.
            ledger.Check(maxDoubled: 1_000, capacity: 2);
        },
        // With priorities a goroutine that polls could keep all others from running for ever, when its timers may fire early.
        new ExploreOptions
        {
            Schedules = earlyTimers ? 100 : 300,
            EarlyTimers = earlyTimers,
            Strategy = earlyTimers ? ExploreStrategy.Random : ExploreStrategy.Mixed,
        });

    [Fact]
    public void Explore_NoFaults_HandlesEachOnce() => GoTest.Explore(
        static async () =>
        {
            InMemoryTestCluster cluster = new();
            Ledger ledger = new();
            ClusterChan<int> channel = await (await cluster.ConnectAsync("a")).OpenAsync(Named.Numbers, Named.Options(capacity: 1));
            ClusterChan<int> other = await (await cluster.ConnectAsync("b")).OpenAsync(Named.Numbers, Named.Options(capacity: 1));
            Goroutine sends = Go.Run(async () =>
            {
                for (int i = 0; i < 3; i++)
                {
                    await channel.SendAsync(i);
                    ledger.Sent(i);
                }

                await channel.CloseAsync();
            });
            Goroutine receives = Go.Run(async () =>
            {
                await foreach (Delivery<int> delivery in other.Receiver)
                {
                    ledger.Handled(delivery.Value);
                    await delivery.AckAsync();
                }
            });
            await sends;
            await receives;
            await cluster.EndAsync();
            ledger.Check(maxDoubled: 0);
        },
        new ExploreOptions { Schedules = 300 });

    [Fact]
    public void Explore_LockWithLostAnswers_OneHolderAtATimeAndTokensGrow() => GoTest.Explore(
        static async () =>
        {
            Chance chance = new();
            InMemoryTestCluster cluster = new(chance.Next);
            Lease? holder = null;
            long highest = 0;
            ErrGroup group = new();
            for (int i = 0; i < 3; i++)
            {
                ClusterConnection member = await cluster.ConnectAsync($"member {i}");
                group.Spawn(async () =>
                {
                    Lease lease = await member.LockAsync("one", new LeaseOptions { Ttl = TimeSpan.FromSeconds(10) });
                    Assert.False(holder is { IsHeld: true }, "two hold the lock");
                    Assert.True(lease.Token > highest, $"token {lease.Token} after {highest}");
                    holder = lease;
                    highest = lease.Token;
                    await Go.SleepAsync(TimeSpan.FromSeconds(4));
                    holder = ReferenceEquals(holder, lease) ? null : holder;
                    await lease.DisposeAsync();
                });
            }

            await group.WaitAsync();
            await cluster.EndAsync();
        },
        new ExploreOptions { Schedules = 300 });

    [Fact]
    public void Explore_SelectOverLocalAndRemote_LosesNothing() => GoTest.Explore(
        static async () =>
        {
            InMemoryTestCluster cluster = new();
            ClusterChan<int> channel = await (await cluster.ConnectAsync()).OpenAsync(Named.Numbers, Named.Options());
            Chan<int> local = new();
            Go.Spawn(async () =>
            {
                await local.SendAsync(1);
                await channel.SendAsync(2);
                await local.SendAsync(3);
                await channel.SendAsync(4);
            });
            Select select = new();
            ReceiveCase<Delivery<int>> remote = select.Receive(channel.Receiver);
            ReceiveCase<int> here = select.Receive(local);
            SortedSet<int> got = [];
            while (got.Count < 4)
            {
                await select.WaitAsync();
                if (remote.Selected)
                {
                    Assert.True(got.Add(remote.Value.Value));
                    await remote.Value.AckAsync();
                }
                else
                {
                    Assert.True(got.Add(here.Value));
                }
            }

            await cluster.EndAsync();
            Assert.Equal([1, 2, 3, 4], got);
        },
        new ExploreOptions { Schedules = 300 });

    /// <summary>Chooses faults as the explorer chooses schedules, so that a failure is repeated with its faults.</summary>
    private sealed class Chance
    {
        private readonly Select _coins = new();
        private int _left = MaxFaults;

        internal Chance()
        {
            Chan<Unit> closed = new();
            closed.Close();
            for (int i = 0; i < 8; i++)
            {
                _coins.Receive(closed);
            }
        }

        internal MemoryFault Next(MemoryOperation operation)
        {
            if (_left == 0 || operation.Kind is MemoryOperationKind.Open or MemoryOperationKind.Pull || !_coins.TryWait(out int index) || index > 2)
            {
                return MemoryFault.None;
            }

            _left--;
            return index switch { 0 => MemoryFault.LoseRequest, 1 => MemoryFault.LoseAnswer, _ => MemoryFault.Repeat };
        }
    }
}
