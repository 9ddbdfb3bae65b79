using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>What passes through: large structs whole, references as they are, and nothing held on to afterwards.</summary>
public abstract class ValueTests(Place place)
{
    [InlineArray(32)]
    private struct Words
    {
        private long _first;
    }

    private readonly struct Big
    {
        private readonly Words _words;

        public Big(long seed)
        {
            for (int i = 0; i < 32; i++)
            {
                _words[i] = seed + i;
            }
        }

        public bool IsWhole
        {
            get
            {
                for (int i = 0; i < 32; i++)
                {
                    if (_words[i] != _words[0] + i)
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        public long Seed => _words[0];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public Task LargeStructs_ManySendersAndReceivers_ArriveWhole(int capacity) => place.Run(async () =>
    {
        const int Values = 400;
        var channel = new Chan<Big>(capacity);
        long sum = 0;
        Task[] receivers = [.. Enumerable.Range(0, 3).Select(_ => place.Start(async () =>
        {
            await foreach (Big value in channel)
            {
                Assert.True(value.IsWhole);
                Interlocked.Add(ref sum, value.Seed);
            }
        }))];
        Task[] senders = [.. Enumerable.Range(0, 3).Select(_ => place.Start(async () =>
        {
            for (int i = 0; i < Values; i++)
            {
                await channel.SendAsync(new Big(i));
            }
        }))];
        await Task.WhenAll(senders);
        channel.Close();
        await Task.WhenAll(receivers);
        Assert.Equal(3L * Values * (Values - 1) / 2, sum);
    });

    [Fact]
    public Task References_ArriveAsTheyAre() => place.Run(async () =>
    {
        var channel = new Chan<object?>(2);
        var value = new object();
        await channel.SendAsync(value);
        await channel.SendAsync(null);
        Assert.Same(value, (await channel.ReceiveAsync()).Value);
        Assert.Equal(new Received<object?>(null, true), await channel.ReceiveAsync());

        ValueTask<Received<object?>> receive = channel.ReceiveAsync();
        await channel.SendAsync(value);
        Assert.Same(value, (await receive).Value);
    });

    public enum Passing
    {
        Buffer,
        FullBuffer,
        WaitingReceiver,
        WaitingSender,
        CancelledSend,
        ClosedSend,
        TrySendRefused,
        SelectReceive,
        SelectReceiveWaiting,
        SelectSendWaiting,
        SelectLoses,
        Enumeration,
        Reader,
    }

    [Theory]
    [InlineData(Passing.Buffer)]
    [InlineData(Passing.FullBuffer)]
    [InlineData(Passing.WaitingReceiver)]
    [InlineData(Passing.WaitingSender)]
    [InlineData(Passing.CancelledSend)]
    [InlineData(Passing.ClosedSend)]
    [InlineData(Passing.TrySendRefused)]
    [InlineData(Passing.SelectReceive)]
    [InlineData(Passing.SelectReceiveWaiting)]
    [InlineData(Passing.SelectSendWaiting)]
    [InlineData(Passing.SelectLoses)]
    [InlineData(Passing.Enumeration)]
    [InlineData(Passing.Reader)]
    public Task Reference_AfterItPassed_IsNotHeldByTheChannel(Passing how) => place.Run(async () =>
    {
        var held = new Held();
        WeakReference passed = held.Pass(how);
        await Poll.UntilAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !passed.IsAlive;
            },
            $"a value that has passed ({how}) to be collected");
        GC.KeepAlive(held);
    });

    /// <summary>Everything that lives on while the value must not.</summary>
    private sealed class Held
    {
        private readonly Chan<object> _buffered = new(1);
        private readonly Chan<object> _rendezvous = new();
        private readonly Chan<object> _other = new();
        private readonly Select _select = new();
        private ChannelReader<object>? _reader;

        // Synchronous, so that no frame or state machine keeps the value: all these operations end at once.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public WeakReference Pass(Passing how)
        {
            object value = new();
            switch (how)
            {
                case Passing.Buffer:
                    Assert.True(_buffered.TrySend(value));
                    Assert.True(_buffered.TryReceive(out _));
                    break;
                case Passing.FullBuffer:
                    Assert.True(_buffered.TrySend(new object()));
                    ValueTask moved = _buffered.SendAsync(value);
                    Assert.True(_buffered.TryReceive(out _));
                    Assert.True(_buffered.TryReceive(out _));
                    moved.GetAwaiter().GetResult();
                    break;
                case Passing.WaitingReceiver:
                    ValueTask<Received<object>> receive = _rendezvous.ReceiveAsync();
                    Assert.True(_rendezvous.TrySend(value));
                    Assert.Same(value, receive.GetAwaiter().GetResult().Value);
                    break;
                case Passing.WaitingSender:
                    ValueTask send = _rendezvous.SendAsync(value);
                    Assert.True(_rendezvous.TryReceive(out _));
                    send.GetAwaiter().GetResult();
                    break;
                case Passing.CancelledSend:
                    using (var cancellation = new CancellationTokenSource())
                    {
                        ValueTask cancelled = _rendezvous.SendAsync(value, cancellation.Token);
                        cancellation.Cancel();
                        Assert.ThrowsAny<OperationCanceledException>(() => cancelled.GetAwaiter().GetResult());
                    }

                    break;
                case Passing.ClosedSend:
                    ValueTask closed = _rendezvous.SendAsync(value);
                    _rendezvous.Close();
                    Assert.Throws<ChannelClosedException>(() => closed.GetAwaiter().GetResult());
                    break;
                case Passing.TrySendRefused:
                    Assert.False(_rendezvous.TrySend(value));
                    break;
                case Passing.Enumeration:
                    IAsyncEnumerator<object> values = _rendezvous.GetAsyncEnumerator();
                    ValueTask<bool> next = values.MoveNextAsync();
                    Assert.True(_rendezvous.TrySend(value));
                    Assert.True(next.GetAwaiter().GetResult());
                    break;
                case Passing.Reader:
                    PassReader(value);
                    break;
                default:
                    PassSelect(value, how);
                    break;
            }

            return new WeakReference(value);
        }

        private void PassReader(object value)
        {
            _reader = _buffered.Receiver.ToChannelReader();
            Assert.True(_buffered.TrySend(value));
            Assert.True(_reader.WaitToReadAsync().AsTask().Wait(Limits.Wait));
            Assert.True(_reader.TryRead(out _));
        }

        private void PassSelect(object value, Passing how)
        {
            switch (how)
            {
                case Passing.SelectReceive:
                    // A case shows its value until the next wait.
                    _select.Receive(_buffered);
                    Assert.True(_buffered.TrySend(value));
                    Assert.True(_select.TryWait(out _));
                    Assert.False(_select.TryWait(out _));
                    break;
                case Passing.SelectReceiveWaiting:
                    _select.Receive(_rendezvous);
                    ValueTask<int> receive = _select.WaitAsync();
                    Assert.True(_rendezvous.TrySend(value));
                    receive.GetAwaiter().GetResult();
                    Assert.False(_select.TryWait(out _));
                    break;
                case Passing.SelectSendWaiting:
                    SendCase<object> send = _select.Send(_rendezvous, value);
                    ValueTask<int> wait = _select.WaitAsync();
                    Assert.True(_rendezvous.TryReceive(out _));
                    wait.GetAwaiter().GetResult();
                    send.Value = new object();
                    break;
                case Passing.SelectLoses:
                    SendCase<object> loser = _select.Send(_rendezvous, value);
                    _select.Receive(_other);
                    ValueTask<int> lost = _select.WaitAsync();
                    Assert.True(_other.TrySend(new object()));
                    Assert.Equal(1, lost.GetAwaiter().GetResult());
                    loser.Value = new object();
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(how), how, null);
            }
        }
    }
}

public sealed class ValueInPoolTests() : ValueTests(Place.Pool);

public sealed class ValueInGoroutineTests() : ValueTests(Place.Goroutine);
