using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that sends (Go's <c>case ch &lt;- v:</c>).</summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public sealed class SendCase<T> : SelectCase
{
    private readonly SendArm<T> _arm;

    internal SendCase(Select owner, int index, Sender<T> channel, T value)
        : base(owner, index)
    {
        _arm = new SendArm<T>(index) { Channel = channel.Channel, Value = value };
        Arm = _arm;
    }

    /// <summary>Gets or sets the channel to send on. The nil channel (<c>default</c>) is never chosen.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Sender<T> Channel
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

    /// <summary>Gets or sets the value that the next wait offers.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public T Value
    {
        get => _arm.Value;
        set
        {
            EnsureIdle();
            _arm.Value = value;
        }
    }
}
