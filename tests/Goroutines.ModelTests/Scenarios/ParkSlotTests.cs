using Goroutines.ModelTests.Model;
using Goroutines.Net.Epoll;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Where one direction of a descriptor waits: no news is lost, and a parked operation is claimed once.</summary>
public class ParkSlotTests
{
    [Fact]
    public void Owner_AgainstNewsThatComeTwice_HearsOfBoth() => Verify.Holds(() => new Direction().Receives(2));

    [Fact]
    public void Owner_AgainstACanceller_EndsOnce() => Verify.Holds(() => new Direction().IsCancelled(news: 0));

    [Fact]
    public void Owner_AgainstNewsAndACanceller_IsClaimedOnce() => Verify.Holds(() => new Direction().IsCancelled(news: 1));

    [Fact]
    public void Owner_AgainstNewsThatComeTwice_HearsOfBoth_LoadsReordered() => Verify.HoldsReordered(() => new Direction().Receives(2));

    [Fact]
    public void Owner_AgainstACanceller_EndsOnce_LoadsReordered() => Verify.HoldsReordered(() => new Direction().IsCancelled(news: 0));

    [Fact]
    public void Owner_AgainstNewsAndACanceller_IsClaimedOnce_LoadsReordered() => Verify.HoldsReordered(() => new Direction().IsCancelled(news: 1));

    [Fact]
    public void Planted_OwnerLooksAndThenParks() => Verify.Finds(() => new Direction().Receives(2), Plant.Weaken("ParkSlot.TryPark CompareExchange _state"));

    [Fact]
    public void Planted_OwnerTakesNewsByAPlainStore() => Verify.Finds(() => new Direction().Receives(2), Plant.Weaken("ParkSlot.TryTakeNews Exchange _state"));

    [Fact]
    public void Planted_PollerLooksAndThenStores() => Verify.Finds(() => new Direction().Receives(2), Plant.Weaken("ParkSlot.AddNews Exchange _state"));

    [Fact]
    public void Planted_CancellerLooksAndThenStores()
        => Verify.Finds(() => new Direction().IsCancelled(news: 1), Plant.Weaken("ParkSlot.TryClaim CompareExchange _state"));

    private sealed class Direction
    {
        private readonly ParkingNote _resumed = new();
        private ParkSlot _slot = new();
        private int _available;
        private int _request;
        private int _claims;
        private int _parks;

        /// <summary>The owner receives what a poller announces, one byte at a time.</summary>
        internal ModelProgram Receives(int bytes)
            => Checked().Thread("owner", () => Receive(bytes)).Thread("poller", () => Announce(bytes));

        /// <summary>The owner waits for more than will come, until it is cancelled.</summary>
        internal ModelProgram IsCancelled(int news)
        {
            ModelProgram program = Checked().Thread("owner", () => Receive(bytes: 9)).Thread("canceller", () =>
            {
                Shared.Exchange(ref _request, 1);
                if (_slot.TryClaim())
                {
                    Claimed();
                }
            });
            return news == 0 ? program : program.Thread("poller", () => Announce(news));
        }

        private ModelProgram Checked() => new()
        {
            Check = () => Assert.Equal(_parks, _claims),
        };

        /// <summary>As a read does: what has parked goes on when it was claimed.</summary>
        private void Receive(int bytes)
        {
            while (true)
            {
                if (_slot.TryTakeNews())
                {
                    if (Shared.Read(ref _available) == bytes)
                    {
                        return;
                    }
                }

                if (!_slot.TryPark())
                {
                    continue;
                }

                _parks++;
                if (Shared.Read(ref _request) != 0 && _slot.TryClaim())
                {
                    _parks--;
                    return;
                }

                while (Shared.Read(ref _claims) != _parks)
                {
                    _resumed.Sleep(-1);
                }

                if (Shared.Exchange(ref _request, 0) != 0)
                {
                    return;
                }
            }
        }

        private void Announce(int times)
        {
            for (int i = 0; i < times; i++)
            {
                Shared.Add(ref _available, 1);
                if (_slot.AddNews())
                {
                    Claimed();
                }
            }
        }

        private void Claimed()
        {
            Shared.Add(ref _claims, 1);
            _resumed.Wake();
        }
    }
}
