using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Net.Epoll;

/// <summary>One epoll instance and the sockets in it (runtime/netpoll.go, netpoll_epoll.go).</summary>
/// <remarks>
/// <para>
/// A socket is added once, edge-triggered and for both directions, when an operation on it first has to wait. Closing it removes
/// it. Each event carries the socket's slot in the table and a sequence number that no other socket has. So an event of a closed
/// descriptor, whose number may be in use again, matches no entry.
/// </para>
/// <para>
/// The table is written under <c>_lock</c>; polling threads read it without the lock. The array is replaced when it grows, and never
/// shrinks; an entry is a single reference. So a reader may get an old entry, and the sequence number tells.
/// </para>
/// <para>
/// When the runtime's workers have gone, no thread polls here any more. Sockets belong to no runtime, so the remaining ones move
/// to the process-wide runtime (<see cref="Retire"/>). Once that is stopped too, operations that would have to wait fail.
/// </para>
/// </remarks>
internal sealed unsafe class NetPoll : Poller
{
    private const int MostEvents = 128;
    private const nint Wait2Number = 441;
    private const ulong BreakMark = ulong.MaxValue;
    private const uint Interests = Libc.In | Libc.Out | Libc.Priority | Libc.ReadHungUp | Libc.EdgeTriggered;

    /// <summary>struct epoll_event is packed on x64 only.</summary>
    private static readonly int s_eventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int s_dataOffset = s_eventSize - 8;
    private static volatile bool s_noWait2;

    private readonly Descriptor _epoll;
    private readonly Descriptor _break;
    private SpinMutex _lock;
    private PollEntry?[] _table = new PollEntry?[16];
    private int[] _free = new int[16];
    private int _freeCount;
    private int _used;
    private uint _sequence;
    private volatile bool _retired;

    /// <exception cref="System.Net.Sockets.SocketException">The system refused an epoll instance or an eventfd.</exception>
    private NetPoll(Scheduler scheduler)
        : base(scheduler)
    {
        _epoll = Checked(Libc.EpollCreate(Libc.CloseOnExec));
        _break = Checked(Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking));
        if (!TryControl(Libc.Add, _break, Libc.In, BreakMark))
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Whether no thread polls here any more. Stored before the entries' states are read, read after they are stored; both with
    /// a full fence in between.</summary>
    internal bool IsRetired => _retired;

    /// <summary>Returns the poller of <paramref name="scheduler"/>, which is made on first use.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system refused a poller.</exception>
    internal static NetPoll Of(Scheduler scheduler) => (NetPoll)scheduler.GetPoller(static scheduler => new NetPoll(scheduler));

    /// <summary>Adds a socket.</summary>
    /// <returns>true if it was added; false if the runtime has been stopped, so that no thread polls here.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The system refused: out of memory, or past its limit on watches.</exception>
    internal bool TryAdd(PollEntry desc)
    {
        _lock.Enter();
        if (_retired)
        {
            _lock.Exit();
            return false;
        }

        if (_freeCount == 0)
        {
            MakeRoom();
        }

        int slot = _free[--_freeCount];
        desc.Slot = slot;
        desc.Sequence = ++_sequence;
        Volatile.Write(ref _table[slot], desc);
        _lock.Exit();
        try
        {
            if (!TryControl(Libc.Add, desc.Handle, Interests, MarkOf(desc)))
            {
                throw Errno.ToException(Marshal.GetLastPInvokeError());
            }
        }
        catch
        {
            Free(desc); // refused, or closed meanwhile
            throw;
        }

        BeginWatching();
        return true;
    }

    /// <summary>Removes a socket that is about to be closed or to move to another poller.</summary>
    internal void Remove(PollEntry desc)
    {
        byte unused;
        try
        {
            _ = Libc.EpollControl(_epoll, Libc.Delete, desc.Handle, &unused);
        }
        catch (ObjectDisposedException)
        {
            // Closed already, which removes it as well.
        }

        Free(desc);
        EndWatching();
    }

    /// <summary>Asks for news of what is ready now, even if the edge was reported. A socket that closes or moves needs none.</summary>
    internal void Rearm(PollEntry desc)
    {
        try
        {
            _ = TryControl(Libc.Modify, desc.Handle, Interests, MarkOf(desc));
        }
        catch (ObjectDisposedException)
        {
            // Closing the socket ends its operations.
        }
    }

    /// <inheritdoc/>
    /// <remarks>The eventfd is level-triggered and stays readable until a waiting thread has read it. A thread that polls without
    /// waiting must not take the waiting thread's wake-up.</remarks>
    internal override void Break()
    {
        ulong one = 1;
        _ = Libc.Write(_break, &one, sizeof(ulong));
    }

    /// <inheritdoc/>
    internal override void Poll(long nanoseconds, ref GList ready)
    {
        byte* found = stackalloc byte[MostEvents * 16];
        int count = Wait(found, nanoseconds);
        PollEntry?[] table = Volatile.Read(ref _table);
        for (int i = 0; i < count; i++)
        {
            byte* at = found + (i * s_eventSize);
            uint events = *(uint*)at;
            ulong mark = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(at + s_dataOffset, sizeof(ulong)));
            uint slot = (uint)mark;
            if (mark == BreakMark)
            {
                if (nanoseconds != 0)
                {
                    ulong unused;
                    _ = Libc.Read(_break, &unused, sizeof(ulong));
                }

                continue;
            }

            if (slot >= (uint)table.Length || Volatile.Read(ref table[slot]) is not { } desc || MarkOf(desc) != mark)
            {
                continue;
            }

            desc.OnNews(events, Scheduler, ref ready);
        }
    }

    /// <summary>Moves the open sockets to the process-wide runtime, when the workers have gone. If this is that runtime's poller, the
    /// operations that wait fail instead.</summary>
    internal override void Retire()
    {
        _lock.Enter();
        _retired = true;
        PollEntry?[] table = _table;
        _lock.Exit();
        Interlocked.MemoryBarrier(); // pairs with the exchange in PollEntry.AddTo

        // Nothing is added any more, so the table stays as it is, except for sockets that are closed meanwhile. The poller's own
        // descriptors are left to their finalizers, since sysmon may be polling at this moment.
        for (int i = 0; i < table.Length; i++)
        {
            Volatile.Read(ref table[i])?.Leave(this);
        }
    }

    public override void Dispose()
    {
        _epoll.Dispose();
        _break.Dispose();
    }

    private int Wait(byte* found, long nanoseconds)
    {
        if (nanoseconds > 0 && !s_noWait2)
        {
            Libc.TimeSpec time = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
            nint got = Libc.EpollWait2(Wait2Number, _epoll, found, MostEvents, &time, 0, 8);
            if (got >= 0 || Marshal.GetLastPInvokeError() != Libc.NoSystemCall)
            {
                return (int)got;
            }

            s_noWait2 = true; // a kernel before 5.11
        }

        int milliseconds = nanoseconds < 0 ? -1 : (int)Math.Min(int.MaxValue, (nanoseconds + 999_999) / 1_000_000);
        return Libc.EpollWait(_epoll, found, MostEvents, milliseconds);
    }

    private bool TryControl(int operation, SafeHandle descriptor, uint events, ulong mark)
    {
        byte* registration = stackalloc byte[16];
        *(uint*)registration = events;
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(registration + s_dataOffset, sizeof(ulong)), mark);
        return Libc.EpollControl(_epoll, operation, descriptor, registration) == 0;
    }

    private void Free(PollEntry desc)
    {
        _lock.Enter();
        Volatile.Write(ref _table[desc.Slot], null);
        _free[_freeCount++] = desc.Slot;
        _lock.Exit();
    }

    private void MakeRoom()
    {
        if (_used == _table.Length)
        {
            PollEntry?[] larger = new PollEntry?[_table.Length * 2];
            _table.CopyTo(larger, 0);
            Volatile.Write(ref _table, larger);
            _free = new int[larger.Length];
        }

        _free[_freeCount++] = _used++;
    }

    private static ulong MarkOf(PollEntry desc) => ((ulong)desc.Sequence << 32) | (uint)desc.Slot;

    private static Descriptor Checked(int descriptor)
        => descriptor < 0 ? throw Errno.ToException(Marshal.GetLastPInvokeError()) : new Descriptor(descriptor);
}
