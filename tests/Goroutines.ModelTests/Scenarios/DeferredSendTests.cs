using Goroutines.ModelTests.Model;
using Goroutines.Net.Epoll;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Output that a flush leaves for later: it is sent, once, and one thread at a time touches it.</summary>
public class DeferredSendTests
{
    [Fact]
    public void Flush_AgainstARead_IsSentOnce() => Verify.Holds(() => new Output(room: true).IsWrittenAndRead(flushes: 1));

    [Fact]
    public void TwoFlushes_AgainstARead_AreSentOnce() => Verify.HoldsWithin(4, () => new Output(room: true).IsWrittenAndRead(flushes: 2));

    [Fact]
    public void Flush_ThatFindsTheSocketFull_IsSentWhenThereIsRoom() => Verify.Holds(() => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 1));

    [Fact]
    public void Flush_AgainstARead_IsSentOnce_LoadsReordered() => Verify.HoldsReordered(() => new Output(room: true).IsWrittenAndRead(flushes: 1));

    [Fact]
    public void Flush_ThatFindsTheSocketFull_IsSentWhenThereIsRoom_LoadsReordered() => Verify.HoldsReordered(() => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 1));

    [Fact]
    public void TwoFlushes_ThatFindTheSocketFull_AreSentWhenThereIsRoom()
        => Verify.HoldsWithin(3, () => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 2));

    [Fact]
    public void Planted_TakerLooksAndThenTakes()
        => Verify.Finds(() => new Output(room: true).IsWrittenAndRead(flushes: 2), Plant.Weaken("DeferredSend.TryTake CompareExchange _state"));

    [Fact]
    public void Planted_WriterLooksAndThenTakesBack()
        => Verify.Finds(() => new Output(room: true).IsWrittenAndRead(flushes: 2), Plant.Weaken("DeferredSend.TakeBackSlowly CompareExchange _state"));

    [Fact]
    public void Planted_NoFenceWhereTheSocketIsFull()
        => Verify.Finds(() => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 1), Plant.Weaken("DeferredSend.LeaveFull Exchange _state"));

    [Fact]
    public void Planted_NoFenceAfterTheNews()
        => Verify.Finds(() => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 1), Plant.Weaken("ParkSlot.AddNews Exchange _state"));

    [Fact]
    public void Planted_RunBeginsByAPlainStore()
        => Verify.Finds(() => new Output(room: true).IsWrittenAndRead(flushes: 2), Plant.Weaken("QueueOnce.Begin Exchange _queued"));

    [Fact]
    public void Planted_QueuedAfterALook()
        => Verify.Finds(() => new Output(room: false).IsWrittenAndMadeRoomFor(flushes: 2), Plant.Weaken("QueueOnce.TryQueue Exchange _queued"));

    private sealed class Output
    {
        private readonly ParkingNote _queued = new();
        private DeferredSend _right;
        private ParkSlot _slot = new();
        private QueueOnce _queue;
        private int _room;
        private int _buffered;
        private int _sent;
        private int _inQueue;
        private int _mostInQueue;

        internal Output(bool room) => _room = room ? 1 : 0;

        /// <summary>A writer flushes while another thread reads on.</summary>
        internal ModelProgram IsWrittenAndRead(int flushes) => Written(flushes).Thread("reader", SendOwed);

        /// <summary>A writer flushes while the peer makes room in a full socket.</summary>
        internal ModelProgram IsWrittenAndMadeRoomFor(int flushes) => Written(flushes).Thread("poller", () =>
        {
            Shared.Exchange(ref _room, 1);
            if (!_slot.AddNews() && _right.IsOwed)
            {
                Queue();
            }
        });

        private ModelProgram Written(int flushes) => new ModelProgram
        {
            Check = () =>
            {
                Assert.Equal(flushes, _sent);
                Assert.Equal(0, _buffered);
                Assert.True(_mostInQueue <= 1, "The work item was in two queues.");
            },
        }
        .Thread("writer", () =>
        {
            for (int i = 0; i < flushes; i++)
            {
                _right.TakeBack();
                Shared.Write(ref _buffered, Shared.Read(ref _buffered) + 1);
                _right.Owe();
                Queue();
            }
        })
        .Daemon("worker", () =>
        {
            while (true)
            {
                while (Shared.Read(ref _inQueue) == 0)
                {
                    _queued.Sleep(-1);
                }

                Shared.Add(ref _inQueue, -1);
                _queue.Begin();
                SendOwed();
            }
        });

        private void Queue()
        {
            if (_queue.TryQueue())
            {
                _mostInQueue = Math.Max(_mostInQueue, Shared.Add(ref _inQueue, 1));
                _queued.Wake();
            }
        }

        /// <summary>As the transport's writer does.</summary>
        private void SendOwed()
        {
            if (!_right.TryTake())
            {
                return;
            }

            do
            {
                _slot.TryTakeNews();
                if (Shared.Read(ref _room) != 0)
                {
                    int count = Shared.Read(ref _buffered);
                    Shared.Write(ref _buffered, 0);
                    Shared.Add(ref _sent, count);
                    _right.Release();
                    return;
                }
            }
            while (_right.LeaveFull(ref _slot));
        }
    }
}
