namespace Goroutines.Net.Epoll;

/// <summary>The right to a connection's unsent output, where a flush may leave the sending for a moment later.</summary>
/// <remarks>
/// <para>
/// A response in chunks is flushed twice: its content, then its last chunk. A flush that leaves its bytes to the end of the turn lets the
/// next one join the same system call. The bytes must go out soon even if the turn does not end, so other threads may have to send them.
/// The right says which thread may touch the output:
/// <code>
///              Owe (writer)                TryTake (any thread)
///   Writer ------------------------> Owed ----------------------> Taken
///     ^  ^                            | ^                          |  |
///     |  +---- TakeBack (writer) -----+ +---- LeaveFull (taker) ---+  |
///     +--------------------------- Release (taker) ------------------+
/// </code>
/// </para>
/// <para>
/// <b>One thread at a time touches the output.</b> The writer does so in the state Writer only, a taker in Taken only. Both leave Owed by
/// compare-and-swap, so one of them gets it. The writer gets Owed back before it adds to its output, and finds the bytes still there; if another thread is
/// just sending them, the writer waits for that system call, which never blocks.
/// </para>
/// <para>
/// <b>No owed bytes are forgotten.</b> After <see cref="Owe"/> the writer's work item is in a queue, or will be examined by its run under way (<see cref="QueueOnce"/>).
/// The item and the connection's next read, whichever is first, take the right. A taker that finds the socket full gives the right back with a full fence and then
/// looks for news; the poller adds its news with a full fence and then looks whether something is owed. So one of the two sees the other, and
/// the bytes are sent when there is room.
/// </para>
/// </remarks>
internal struct DeferredSend
{
    private const int Writer = 0;
    private const int Owed = 1;
    private const int Taken = 2;

    private int _state;

    /// <summary>Whether bytes wait to be sent, and no thread sends them.</summary>
    internal readonly bool IsOwed => Volatile.Read(in _state) == Owed;

    /// <summary>Leaves what is in the output to be sent by the next taker. By the writer, which then sees to it that there is one.</summary>
    internal void Owe() => Interlocked.Exchange(ref _state, Owed);

    /// <summary>Gets the output back for the writer. By the writer, before it touches the output.</summary>
    /// <returns><see langword="true"/> if the owed bytes were still there; otherwise, <see langword="false"/>: none were owed, or another thread has sent them.</returns>
    internal bool TakeBack() => Volatile.Read(ref _state) != Writer && TakeBackSlowly();

    /// <summary>Takes the output in order to send what is owed. By any thread.</summary>
    /// <returns><see langword="true"/> if the caller has the output now; otherwise, <see langword="false"/>: nothing is owed, or another thread sends it.</returns>
    internal bool TryTake() => Volatile.Read(ref _state) == Owed && Interlocked.CompareExchange(ref _state, Taken, Owed) == Owed;

    /// <summary>Gives the output back to the writer: all is sent. By the taker.</summary>
    internal void Release() => Volatile.Write(ref _state, Writer);

    /// <summary>Leaves the rest owed, because the socket is full. By the taker, which has taken the slot's news before its last call.</summary>
    /// <returns><see langword="true"/> if there has been news since, and the caller has the output again; otherwise, <see langword="false"/>.</returns>
    internal bool LeaveFull(ref ParkSlot slot)
    {
        Interlocked.Exchange(ref _state, Owed); // pairs with the exchange in ParkSlot.AddNews
        return slot.HasNews && TryTake();
    }

    private bool TakeBackSlowly()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _state) is not Writer and var state)
        {
            if (state == Taken)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
            else if (Interlocked.CompareExchange(ref _state, Writer, Owed) == Owed)
            {
                return true;
            }
        }

        return false;
    }
}
