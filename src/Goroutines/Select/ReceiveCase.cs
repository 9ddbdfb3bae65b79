using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that receives (Go's <c>case v, ok := &lt;-ch:</c>).</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class ReceiveCase<T> : SelectCase
{
    private readonly ReceiveArm<T> _arm;

    internal ReceiveCase(Select owner, int index, Receiver<T> channel)
        : base(owner, index)
    {
        _arm = new ReceiveArm<T>(index) { Channel = channel.Channel };
        Arm = _arm;
    }

    /// <summary>Gets or sets the channel to receive from. The nil channel (<c>default</c>) is never chosen.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Receiver<T> Channel
    {
        get => new(_arm.Channel);
        set
        {
            EnsureIdle();
            Unlist();
            _arm.Channel = value.Channel;
            Relist();
        }
    }

    /// <summary>Gets the received value, if this case was chosen and <see cref="Ok"/> is true.</summary>
    public T Value => _arm.Received.Value;

    /// <summary>Gets whether a value was received; false if this case was not chosen, or its channel was closed and drained.</summary>
    public bool Ok => _arm.Received.Ok;
}
