namespace Goroutines.Runtime;

/// <summary>
/// The additional state of a goroutine without a stack of its own, from the first time that its body blocks its thread. It decides
/// which thread has the turn while several threads are in the middle of the goroutine.
/// </summary>
/// <remarks>
/// <para><b>Why.</b> What a blocked body waits for may have to run in this very goroutine: <c>Foo().Result</c> waits for
/// continuations of <c>Foo</c> that come back to the context they left. So a body that blocks gives its <em>turn</em> away, and a
/// worker runs what is posted to the goroutine, or completes for it, in a side turn, with the same id, the same context and the
/// same continuation slot. A side turn may block in the same way, to any depth. User code of one goroutine never runs in two
/// threads at once: a thread has the turn, or the queue has it, or neither has it and the goroutine rests.</para>
/// <para><b>Who has the turn</b> follows from the status. In Running and Syscall, a thread has it. In Runnable, the run queue has
/// it. In Waiting, Blocked and Dead, nothing has it. A goroutine rests as Blocked while a thread waits in the middle of
/// it.</para>
/// <code>
/// a thread that leaves (GiveTurnUp)              a thread whose wait is over (ReturnToTurn)
/// L1 grant the turn to a returning thread,       R1 take the turn by CAS if nobody or the queue has it;
///    if there is one; else                          else
/// L2 status = resting (CAS: full fence)          R2 push itself onto Returning (CAS: full fence)
/// L3 look at Returning, the slot, the inbox;     R3 as R1; a thread that takes the turn this way pops one,
///    if there is something: take the turn back      and grants the turn to it if that is another
///    by CAS, and grant it or queue the goroutine  R4 sleep until the turn is granted
/// </code>
/// <para>L2 pairs with R2: the leaving thread sees the returning one at L3, or the returning thread sees the resting status at R3;
/// if both happen, the CAS decides. Posters and completers pair with L2 and L3 as they do with an ordinary park (see
/// <see cref="G"/>). If L3 fails because a poster has queued the goroutine, the leaving thread takes the turn from the queue for a
/// returning one, as R1 does: that one may have looked at R3 before L2, and posters do not look at Returning. Only a thread that has
/// the turn pops.</para>
/// <para><b>Taking the turn back from the queue.</b> A thread may come back with a lock that others wait for, so it can't wait until
/// a worker gets to the goroutine. R1 then changes Runnable into Running with the flag <see cref="Queued"/>. The entry stays where
/// it is, and the worker that takes it out clears the flag and drops the entry (<see cref="G.TakeFromQueue"/>). While the flag is
/// set, the goroutine is in a queue once, and a thread that leaves stores Runnable and does not queue the goroutine again.
/// Goroutines that have never blocked have no such object and pay nothing for this.</para>
/// </remarks>
internal sealed class SideTurns
{
    /// <summary>A flag in the status: a thread has the turn although the goroutine is in a run queue.</summary>
    internal const int Queued = 16;

    /// <summary>The number of threads that wait in the middle of the goroutine. Changed by the thread that has the turn.</summary>
    internal int Blocked;

    private M? _returning;

    internal bool HasReturning => Volatile.Read(ref _returning) is not null;

    /// <summary>R2: registers a thread that wants its goroutine's turn back.</summary>
    internal void Push(M m)
    {
        M? head;
        do
        {
            head = Volatile.Read(ref _returning);
            m.NextReturning = head;
        }
        while (Interlocked.CompareExchange(ref _returning, m, head) != head);
    }

    /// <summary>Removes a thread that wants the turn back. Only the thread that has the turn calls it, so there is one popper at a time.</summary>
    internal M? Pop()
    {
        M? head;
        do
        {
            head = Volatile.Read(ref _returning);
        }
        while (head is not null && Interlocked.CompareExchange(ref _returning, head.NextReturning, head) != head);
        return head;
    }

    /// <summary>L1: passes the caller's turn to <paramref name="m"/>.</summary>
    internal static void Grant(M m)
    {
        Volatile.Write(ref m.TurnGiven, true);
        m.Note.Wake();
    }
}
