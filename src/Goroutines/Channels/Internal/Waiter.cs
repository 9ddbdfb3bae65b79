using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>
/// One place in a channel's queue of senders or receivers (runtime/runtime2.go: <c>sudog</c>), and, for a plain send or
/// receive, the operation that its caller awaits. A case of a select has a waiter of its own and completes the select.
/// </summary>
/// <remarks>The queue links and <see cref="WaitSource.InQueue"/> are owned by the channel's lock; the value by the thread that takes the waiter's next step.</remarks>
internal sealed class Waiter<T> : WaitSource, IValueTaskSource, IValueTaskSource<Received<T>>, IValueTaskSource<T>
{
    internal T Value = default!;

    /// <summary>For a receive: whether a value was received, rather than the channel found closed.</summary>
    internal bool Ok;
    internal Chan<T>? Channel;

    /// <summary>The select this is a case of; null for a plain operation.</summary>
    internal SharedWait? Select;
    internal int CaseIndex;

    internal override object? Target => Channel;

    /// <summary>The operation whose end the caller awaits: this, or the select.</summary>
    internal WaitSource Operation => (WaitSource?)Select ?? this;

    /// <summary>Makes this waiter the one of its select that was chosen; a plain waiter was claimed by leaving its queue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryClaim() => Select is null || Select.TryClaim(CaseIndex);

    /// <summary>Ends the operation, or the select. Call without holding a channel's lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Finish()
    {
        if (Select is null)
        {
            Complete();
        }
        else
        {
            Select.Complete();
        }
    }

    /// <summary>Called when the goroutine of the waiter, or of its select, will never resume.</summary>
    internal new bool TryDropOrphan() => Select is null ? base.TryDropOrphan() : Select.TryDropOrphan();

    /// <summary>An operation on the nil channel: no queue holds it, and only cancellation ends it.</summary>
    internal static Waiter<T> Never(WaitReason reason, CancellationToken cancellationToken)
    {
        Waiter<T> waiter = new();
        waiter.Begin(M.Current?.CurrentG, reason);
        if (cancellationToken.CanBeCanceled)
        {
            waiter.LinkCancellation(cancellationToken);
        }

        return waiter;
    }

    /// <summary>Ends an operation that was removed from its queue and that no other thread knows.</summary>
    internal void TakeBack()
    {
        Chan<T>? channel = Channel;
        Channel = null;
        Withdraw();
        channel?.Return(this, M.Current);
    }

    private protected override void TryCancel()
    {
        if (Channel is null || Channel.TryRemove(this))
        {
            Outcome = WaitOutcome.Cancelled;
            Complete();
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        if (Outcome == WaitOutcome.Success)
        {
            Return(m);
        }
        else
        {
            ThrowFailure(m);
        }
    }

    Received<T> IValueTaskSource<Received<T>>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        if (Outcome != WaitOutcome.Success)
        {
            ThrowFailure(m);
        }

        Received<T> received = new(Value, Ok);
        Chan<T>? channel = Channel;
        Return(m);
        if (!received.Ok)
        {
            channel!.ThrowIfFailed();
        }

        return received;
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        M? m = BeginGetResult(token);
        if (Outcome != WaitOutcome.Success)
        {
            ThrowFailure(m);
        }

        T value = Value;
        Exception? failure = Ok ? null : Channel!.TakeFromClosed();
        Return(m);
        return failure is null ? value : throw failure;
    }

    private void ThrowFailure(M? m)
    {
        Exception exception = Outcome switch
        {
            WaitOutcome.Cancelled => CancelledException(),
            WaitOutcome.Stopped => StoppedException(),
            _ => Channel!.SendOnClosed(),
        };
        Return(m);
        throw exception;
    }

    private void Return(M? m)
    {
        Chan<T>? channel = Channel;
        Value = default!;
        Ok = false;
        if (Recycle())
        {
            Channel = null;
            channel?.Return(this, m);
        }
    }
}
