using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Goroutines.Channels;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Waits for one of several channel operations (Go's <c>select</c>). Build it once and wait as often as you like; a wait
/// allocates nothing.
/// </summary>
/// <remarks>
/// <para>Only one goroutine, task or thread may use a select at a time. The choice among the ready cases is uniformly random;
/// the order of the cases does not matter. The semantics are those of Go's <c>runtime/select.go</c>.</para>
/// <code>
/// var select = new Select();
/// var job = select.Receive(jobs.Receiver);
/// var idle = select.Timeout(TimeSpan.FromSeconds(1));
/// await select.WaitAsync();
/// if (job.Selected)
/// {
///     Handle(job.Value);
/// }
/// else if (idle.Selected)
/// {
///     ReportIdle();
/// }
/// </code>
/// </remarks>
[SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The term of the field; escaped as [Select] where it is a keyword.")]
public sealed partial class Select : IWaitable
{
    // _cases holds all cases, in order of adding. The cases that a wait looks at are listed separately, so that a case that is
    // disabled, removed or on a nil channel costs a wait nothing. _timeouts lists the time-outs, in order of adding. The cases with
    // a channel are listed twice, by their arms; _listed is their number. _tryOrder is shuffled in place by every wait; _lockOrder is
    // sorted by the numbers of the channels. Changing a case takes a search through these lists, which costs no more than a wait.
    private readonly List<SelectCase> _cases = [];
    private readonly List<TimeoutCase> _timeouts = [];
    private SelectArm[] _tryOrder = [];
    private SelectArm[] _lockOrder = [];
    private int _listed;

    /// <summary>The number of arms in <see cref="_lockOrder"/> that a wait has queued, or is about to queue; 0 between waits.</summary>
    private int _locked;
#pragma warning disable RS0030 // a seed, where there is no worker
    private uint _random = Scatter(M.Current?.P?.NextRandom() ?? (uint)Random.Shared.Next());
#pragma warning restore RS0030
    private int _waiting;
    private SelectCase? _selected;

    /// <summary>Creates a select without cases.</summary>
    public Select() => Pending = new SelectWait(this);

    /// <summary>The operation that the waits of this select share.</summary>
    internal SelectWait Pending { get; private set; }

    WaitableState IWaitable.Inspect()
    {
        // The owner may be changing the cases at this moment: what is read here is unchecked.
        SelectArm[] arms = Volatile.Read(ref _lockOrder);
        List<(object, bool)> cases = [];
        for (int i = 0; i < Math.Min(Volatile.Read(ref _locked), arms.Length); i++)
        {
            if (arms[i]?.ChannelObject is { } channel)
            {
                cases.Add((channel, arms[i].Sends));
            }
        }

        return new WaitableState("select", nameof(Select)) { EndsByItself = _timeouts.Count != 0, Cases = [.. cases] };
    }

    /// <summary>Waits until one of the cases can proceed, and performs it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The index of the performed case, in order of adding. Await it once. A select with no enabled cases never completes.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; no case was performed.</exception>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is already waiting.</exception>
    public ValueTask<int> WaitAsync(CancellationToken cancellationToken = default)
    {
        if (OperationHooks.BeforeOperation("select", this))
        {
            return OperationHooks.Defer(this, cancellationToken, static (select, token) => select.WaitAsync(token));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        BeginWait();
        try
        {
            if (TryReady(out SelectCase? ready) || TryDueTimeout(out ready))
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

    /// <summary>Blocks the caller until one of the cases can proceed, and performs it.</summary>
    /// <returns>The same as <see cref="WaitAsync"/>.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine, the
    /// wait is a blocking region, so other goroutines keep running at the cost of that thread.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is already waiting.</exception>
    public int Wait() => ThreadWait.Synchronously.Wait(WaitAsync());

    /// <summary>Performs a case that can proceed at once, if there is one (Go's <c>select</c> with <c>default</c>).</summary>
    /// <param name="index">The index of the performed case; −1 if no case was ready.</param>
    /// <returns>true if a case was performed; <see langword="false"/> if no case was ready.</returns>
    /// <remarks>If it returns false, there was one moment at which none of the cases was ready, as in Go. A <see cref="TimeoutCase"/>
    /// is ready only if its limit is zero, and is chosen only if no other case is ready.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">A case that sends on a closed channel was chosen.</exception>
    /// <exception cref="InvalidOperationException">The select is already waiting.</exception>
    public bool TryWait(out int index)
    {
        OperationHooks.Observe("select with default", this);

        BeginWait();
        try
        {
            uint before = 0;
            uint after = 0;
            bool settled = _listed > 1 && TryAddVersions(ref before);
            if (TryReady(out SelectCase? ready)
                || (_listed > 1 && !(settled && TryAddVersions(ref after) && after == before) && TryReadyAtOneMoment(out ready))
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

    /// <summary>Makes a seed from a number that the same kind of generator produced: selects that are made in succession must not follow one another's sequence.</summary>
    private static uint Scatter(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return (x ^ (x >> 16)) | 1;
    }

    /// <summary>The number of cases that a wait looks at. For tests.</summary>
    internal int ListedCount => _listed + _timeouts.Count;

    internal void EnsureIdle()
    {
        if (Volatile.Read(ref _waiting) != 0)
        {
            throw new InvalidOperationException("The select is waiting: change its cases before or after, not during a wait.");
        }
    }

    /// <summary>Lists a live case, so that waits look at it.</summary>
    internal void List(SelectCase added)
    {
        Debug.Assert(!added.IsListed && added.IsLive, "A case was listed twice, or has nothing to wait for.");
        added.IsListed = true;
        if (added is TimeoutCase timeout)
        {
            int place = _timeouts.Count;
            while (place > 0 && _timeouts[place - 1].Index > timeout.Index)
            {
                place--;
            }

            _timeouts.Insert(place, timeout);
            return;
        }

        if (_listed == _tryOrder.Length)
        {
            int length = Math.Max(4, _listed * 2);
            Array.Resize(ref _tryOrder, length);
            Array.Resize(ref _lockOrder, length);
        }

        SelectArm arm = added.Arm!;
        _tryOrder[_listed] = arm;
        int at = PlaceOf(arm.LockOrder);
        Array.Copy(_lockOrder, at, _lockOrder, at + 1, _listed - at);
        _lockOrder[at] = arm;
        _listed++;
    }

    /// <summary>Returns the position in the order of locking for a case whose channel has the number <paramref name="order"/>: after those with the same number.</summary>
    private int PlaceOf(long order)
    {
        int low = 0;
        int high = _listed;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_lockOrder[middle].LockOrder <= order)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>Removes a case from the lists, so that waits no longer look at it.</summary>
    internal void Unlist(SelectCase removed)
    {
        Debug.Assert(removed.IsListed, "A case was unlisted twice.");
        removed.IsListed = false;
        if (removed is TimeoutCase timeout)
        {
            _timeouts.Remove(timeout);
            return;
        }

        _listed--;
        Delete(_tryOrder, removed.Arm!);
        Delete(_lockOrder, removed.Arm!);
    }

    private void Delete(SelectArm[] list, SelectArm removed)
    {
        int at = Array.IndexOf(list, removed, 0, _listed + 1);
        Array.Copy(list, at + 1, list, at, _listed - at);
        list[_listed] = null!;
    }
}
