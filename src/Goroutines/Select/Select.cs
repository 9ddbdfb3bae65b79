using System.Diagnostics.CodeAnalysis;
using Goroutines.Channels;
using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>
/// Waits for one of several channel operations (Go's <c>select</c>). Build it once, wait as often as you like: a wait
/// allocates nothing.
/// </summary>
/// <remarks>
/// <para>Used by one goroutine, task or thread at a time. The choice among cases that are ready is uniform; the order of
/// the cases means nothing. Semantics are those of Go's <c>runtime/select.go</c>.</para>
/// <code>
/// var select = new Select();
/// var job = select.Receive(jobs.Receiver);
/// var idle = select.Timeout(TimeSpan.FromSeconds(1));
/// switch (await select.WaitAsync())
/// {
///     case 0 when job.Ok: Handle(job.Value); break;
///     case 1: ReportIdle(); break;
/// }
/// </code>
/// </remarks>
[SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The term of the field; escaped as [Select] where it is a keyword.")]
public sealed partial class Select
{
    private readonly List<SelectCase> _cases = [];
    private TimeoutCase[] _timeouts = [];

    /// <summary>Indices into <see cref="_cases"/>; the order of trying is shuffled in place, the order of locking sorted.</summary>
    private int[] _tryOrder = [];
    private SelectCase[] _lockOrder = [];
    private int _locked;
#pragma warning disable RS0030 // a seed, where there is no worker
    private uint _random = Scatter(M.Current?.P?.NextRandom() ?? (uint)Random.Shared.Next());
#pragma warning restore RS0030
    private int _waiting;
    private SelectCase? _selected;

    /// <summary>Makes a select without cases.</summary>
    public Select() => Pending = new SelectWait(this);

    /// <summary>The operation that waits of this select share.</summary>
    internal SelectWait Pending { get; }

    /// <summary>Adds a case that receives.</summary>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <returns>The case, with the received value after a wait that chose it.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public ReceiveCase<T> Receive<T>(Receiver<T> channel) => Add(new ReceiveCase<T>(this, NextIndex(), channel));

    /// <inheritdoc cref="Receive{T}(Receiver{T})"/>
    public ReceiveCase<T> Receive<T>(Chan<T> channel) => Receive(new Receiver<T>(channel));

    /// <summary>Adds a case that sends.</summary>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="value">The value; may be set before each wait through <see cref="SendCase{T}.Value"/>.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public SendCase<T> Send<T>(Sender<T> channel, T value = default!) => Add(new SendCase<T>(this, NextIndex(), channel, value));

    /// <inheritdoc cref="Send{T}(Sender{T}, T)"/>
    public SendCase<T> Send<T>(Chan<T> channel, T value = default!) => Send(new Sender<T>(channel), value);

    /// <summary>Adds a case that is chosen when no other was for a while. Armed anew by each wait.</summary>
    /// <param name="after">How long; zero: not at all, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: without limit.</param>
    /// <returns>The case.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="after"/> is negative, and not infinite.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public TimeoutCase Timeout(TimeSpan after)
    {
        TimeoutCase added = Add(new TimeoutCase(this, NextIndex(), after));
        _timeouts = [.. _timeouts, added];
        return added;
    }

    /// <summary>Adds a case that receives, and returns this select to add more.</summary>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Receive<T>(Receiver<T> channel, out ReceiveCase<T> added)
    {
        added = Receive(channel);
        return this;
    }

    /// <inheritdoc cref="Receive{T}(Receiver{T}, out ReceiveCase{T})"/>
    public Select Receive<T>(Chan<T> channel, out ReceiveCase<T> added) => Receive(new Receiver<T>(channel), out added);

    /// <summary>Adds a case that sends, and returns this select to add more.</summary>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="value">The value to send.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Send<T>(Sender<T> channel, T value, out SendCase<T> added)
    {
        added = Send(channel, value);
        return this;
    }

    /// <inheritdoc cref="Send{T}(Sender{T}, T, out SendCase{T})"/>
    public Select Send<T>(Chan<T> channel, T value, out SendCase<T> added) => Send(new Sender<T>(channel), value, out added);

    /// <summary>Adds a case that is chosen when no other was for a while, and returns this select to add more.</summary>
    /// <param name="after">As for <see cref="Timeout(TimeSpan)"/>.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="after"/> is negative, and not infinite.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Timeout(TimeSpan after, out TimeoutCase added)
    {
        added = Timeout(after);
        return this;
    }

    /// <summary>Waits until one of the cases can go on, and performs it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The index of the case, in order of adding. Await it once. Without cases, or with none enabled, it never ends.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no case was performed.</exception>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting already.</exception>
    public ValueTask<int> WaitAsync(CancellationToken cancellationToken = default)
    {
        if (Exploration.IsOn && Exploration.Defers("select", this))
        {
            return WaitExplored(cancellationToken);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        BeginWait();
        try
        {
            if (TryReady(out SelectCase? ready, out _) || TryDueTimeout(out ready))
            {
                return new ValueTask<int>(Conclude(ready!));
            }
        }
        catch (Exception exception)
        {
            EndWait();
            return ValueTask.FromException<int>(exception);
        }

        return Park(cancellationToken);
    }

    /// <summary>Waits until one of the cases can go on, blocking the caller, and performs it.</summary>
    /// <returns>As for <see cref="WaitAsync"/>.</returns>
    /// <remarks>For synchronous code. A goroutine with a stack of its own parks; any other caller's thread blocks, inside a
    /// goroutine as a blocking region, so that others go on at the cost of that thread.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting already.</exception>
    public int Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    /// <summary>Performs a case that can go on at once, if there is one (Go's <c>select</c> with <c>default</c>).</summary>
    /// <param name="index">The index of the case; −1 when there was none.</param>
    /// <returns><see langword="false"/> when no case was ready.</returns>
    /// <remarks>When none was, then at one and the same moment, as in Go. A <see cref="TimeoutCase"/> is ready only with a time of
    /// zero, and after all others.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting already.</exception>
    public bool TryWait(out int index)
    {
        if (Exploration.IsOn)
        {
            Exploration.Note("select with default", this);
        }

        BeginWait();
        try
        {
            uint before = 0;
            uint after = 0;
            bool settled = _cases.Count > 1 && TryAddVersions(ref before);
            if (TryReady(out SelectCase? ready, out int live)
                || (live > 1 && !(settled && TryAddVersions(ref after) && after == before) && TryReadyAtOneMoment(out ready))
                || TryDueTimeout(out ready))
            {
                index = Conclude(ready!);
                return true;
            }
        }
        catch
        {
            EndWait();
            throw;
        }

        EndWait();
        index = -1;
        return false;
    }

    /// <summary>A seed from a number that came out of the same kind of generator: selects made one after the other must not follow each other's sequence.</summary>
    private static uint Scatter(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return (x ^ (x >> 16)) | 1;
    }

    /// <summary>Whether a token that can still fire would end the wait. For reports: the cases don't change while it waits.</summary>
    internal bool WaitsOnToken => _cases.Exists(static candidate => candidate.HasLiveToken);

    internal void EnsureIdle()
    {
        if (Volatile.Read(ref _waiting) != 0)
        {
            throw new InvalidOperationException("The select is waiting: change its cases before or after, not during a wait.");
        }
    }

    private int NextIndex()
    {
        EnsureIdle();
        return _cases.Count;
    }

    private TCase Add<TCase>(TCase added)
        where TCase : SelectCase
    {
        _cases.Add(added);
        _tryOrder = [.. _tryOrder, added.Index];
        _lockOrder = new SelectCase[_cases.Count];
        return added;
    }
}
