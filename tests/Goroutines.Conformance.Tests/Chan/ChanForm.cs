namespace Goroutines.Conformance.Tests.Chan;

/// <summary>A way to write the operations on a channel. The tests of closed channels and the like are done in each.</summary>
public abstract class ChanForm
{
    /// <summary>The channel's own methods, awaited.</summary>
    public static ChanForm Direct { get; } = new DirectForm();

    /// <summary>The channel's own methods that do not await.</summary>
    public static ChanForm Synchronous { get; } = new SynchronousForm();

    /// <summary>A select of this one case.</summary>
    public static ChanForm Select { get; } = new SelectForm(beside: 0, synchronous: false);

    /// <summary>A select of this case and one that is never ready.</summary>
    public static ChanForm LargerSelect { get; } = new SelectForm(beside: 1, synchronous: false);

    /// <summary>The same, waited for without awaiting.</summary>
    public static ChanForm SynchronousSelect { get; } = new SelectForm(beside: 1, synchronous: true);

    public abstract ValueTask SendAsync(Chan<int> channel, int value);

    public abstract ValueTask<Received<int>> ReceiveAsync(Chan<int> channel);

    public abstract bool TrySend(Chan<int> channel, int value);

    public abstract bool TryReceive(Chan<int> channel, out Received<int> received);

    private sealed class DirectForm : ChanForm
    {
        public override ValueTask SendAsync(Chan<int> channel, int value) => channel.SendAsync(value);

        public override ValueTask<Received<int>> ReceiveAsync(Chan<int> channel) => channel.ReceiveAsync();

        public override bool TrySend(Chan<int> channel, int value) => channel.TrySend(value);

        public override bool TryReceive(Chan<int> channel, out Received<int> received) => channel.TryReceive(out received);

        public override string ToString() => "direct";
    }

    /// <summary>The methods are async only in order to fail as those of the other forms do.</summary>
    private sealed class SynchronousForm : ChanForm
    {
        public override async ValueTask SendAsync(Chan<int> channel, int value)
        {
            await ValueTask.CompletedTask;
            channel.Send(value);
        }

        public override ValueTask<Received<int>> ReceiveAsync(Chan<int> channel) => new(channel.Receive());

        public override bool TrySend(Chan<int> channel, int value) => channel.Sender.TrySend(value);

        public override bool TryReceive(Chan<int> channel, out Received<int> received) => channel.Receiver.TryReceive(out received);

        public override string ToString() => "synchronous";
    }

    private sealed class SelectForm(int beside, bool synchronous) : ChanForm
    {
        private readonly Chan<bool> _silent = new();

        public override async ValueTask SendAsync(Chan<int> channel, int value)
        {
            var select = new Goroutines.Select();
            SendCase<int> send = select.Send(channel, value);
            await Wait(select, send);
        }

        public override async ValueTask<Received<int>> ReceiveAsync(Chan<int> channel)
        {
            var select = new Goroutines.Select();
            ReceiveCase<int> receive = select.Receive(channel);
            await Wait(select, receive);
            return new Received<int>(receive.Value, receive.Ok);
        }

        public override bool TrySend(Chan<int> channel, int value)
        {
            var select = new Goroutines.Select();
            select.Send(channel, value);
            return Beside(select).TryWait(out _);
        }

        public override bool TryReceive(Chan<int> channel, out Received<int> received)
        {
            var select = new Goroutines.Select();
            ReceiveCase<int> receive = select.Receive(channel);
            bool chosen = Beside(select).TryWait(out _);
            received = chosen ? new Received<int>(receive.Value, receive.Ok) : default;
            return chosen;
        }

        public override string ToString() => $"{(synchronous ? "synchronous " : "")}select of {1 + beside}";

        private async ValueTask Wait(Goroutines.Select select, SelectCase expected)
        {
            Beside(select);
            int index = synchronous ? select.Wait() : await select.WaitAsync();
            if (index != expected.Index)
            {
                throw new InvalidOperationException("A case was chosen that nobody could have made ready.");
            }
        }

        private Goroutines.Select Beside(Goroutines.Select select)
        {
            for (int i = 0; i < beside; i++)
            {
                select.Receive(_silent);
            }

            return select;
        }
    }
}
