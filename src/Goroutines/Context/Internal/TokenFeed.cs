using Goroutines.Channels;

namespace Goroutines.Context;

/// <summary>Closes a channel when a token is cancelled; registered with the token only while a receiver waits on the channel.</summary>
/// <remarks>The state and the registration are guarded by the channel's lock.</remarks>
internal sealed class TokenFeed : ChanFeed<Unit>
{
    private readonly CancellationToken _token;
    private State _state;
    private CancellationTokenRegistration _registration;

    internal TokenFeed(CancellationToken token)
    {
        _token = token;
        Channel = new Chan<Unit>(this);
    }

    private enum State
    {
        None,
        Registering,
        Registered,
    }

    internal Chan<Unit> Channel { get; }

    internal override bool IsDue
    {
        get
        {
            if (!_token.IsCancellationRequested)
            {
                return false;
            }

            Channel.TryClose();
            return true;
        }
    }

    /// <summary>There are no values: what is due is the close, and that is done.</summary>
    internal override bool TryTake(out Unit value)
    {
        value = default;
        return false;
    }

    internal override void ReceiverWaits()
    {
        Channel.Lock();
        bool register = _state == State.None && Channel.HasReceivers;
        if (register)
        {
            _state = State.Registering;
        }

        Channel.Unlock();
        if (!register)
        {
            return;
        }

        CancellationTokenRegistration registration = _token.UnsafeRegister(static self => ((TokenFeed)self!).Fire(), this);
        Channel.Lock();
        bool needed = Channel.HasReceivers;
        _state = needed ? State.Registered : State.None;
        _registration = needed ? registration : default;
        Channel.Unlock();
        if (!needed)
        {
            registration.Unregister();
        }
    }

    internal override void NobodyWaits()
    {
        if (_state == State.Registered)
        {
            _state = State.None;
            _registration.Unregister(); // takes the token's own lock for a few instructions, and does not wait for callbacks
            _registration = default;
        }
    }

    private void Fire()
    {
        Channel.TryClose();
        Channel.Lock();
        NobodyWaits();
        Channel.Unlock();
    }
}
