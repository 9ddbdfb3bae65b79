using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>The goroutine's part in a trace.</summary>
internal abstract partial class G
{
    private ushort _traceSite;

    /// <summary>The number of its creation site (<see cref="TraceSites"/>). Any thread: what it finds is the same.</summary>
    internal ushort TraceSite => _traceSite != 0 ? _traceSite : FindTraceSite();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort FindTraceSite()
    {
        using WithoutContext _ = WithoutContext.Begin(); // the first goroutine of a site takes a lock, perhaps between two turns
        return _traceSite = TraceSites.NumberOf(this);
    }

    /// <summary>As <see cref="EndTurn"/>, and tells of it: before the goroutine may go on elsewhere.</summary>
    private bool EndTracedTurn(M m)
    {
        if (_body is { IsCompleted: true } body && !HasEnded)
        {
            _body = null;
            End(m, TakeOutcome(body)); // before the turn ends, so that whom it wakes is its doing
        }

        m.P!.Trace?.TurnEnd(this, TurnEndReason());
        if (EndTurn(m))
        {
            return true;
        }

        m.P!.Trace?.TurnBegin(this);
        return false;
    }

    /// <summary>Why the turn that is about to end ends.</summary>
    private ushort TurnEndReason()
    {
        if (HasEnded)
        {
            return TraceEvent.Ended;
        }

        if ((_flags & Flags.GivesWay) != 0 && (_continuation is not null || _inbox is not null) && _binding is null)
        {
            return TraceEvent.Yielded;
        }

        return (ushort)(_parkedOn is { } parkedOn ? parkedOn.Reason : _binding is SideTurns { Blocked: not 0 } ? WaitReason.Blocking : WaitReason.Task);
    }
}
