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
    // Only a wait that parks needs Pending, and waiters in the arms: a select that finds a case ready at once never has them.
    private ShortList<SelectCase> _cases;
    private ShortList<SelectArm> _tryOrder;
    private ShortList<SelectArm> _lockOrder;
    private List<TimeoutCase>? _timeouts;
    private SelectWait? _pending;
    private int _count;
    private int _listed;

    /// <summary>Whether every listed arm has its waiter.</summary>
    private bool _canPark;

    /// <summary>The number of arms in <see cref="_lockOrder"/> that a wait has queued, or is about to queue; 0 between waits.</summary>
    private int _locked;
#pragma warning disable RS0030 // a seed, if there is no worker
    private uint _random = Scatter(M.Current?.P?.NextRandom() ?? (uint)Random.Shared.Next());
#pragma warning restore RS0030
    private int _waiting;
    private SelectCase? _selected;

    /// <summary>Creates a select without cases.</summary>
    public Select()
    {
    }

    /// <summary>The operation that the waits of this select share.</summary>
    internal SelectWait Pending => _pending ??= new SelectWait(this);

    WaitableState IWaitable.Inspect()
    {
        // The owner may be changing the cases at this moment: what is read here is unchecked.
        List<(object, bool)> cases = [];
        foreach (SelectArm? arm in _lockOrder.Present(Volatile.Read(ref _locked)))
        {
            if (arm?.ChannelObject is { } channel)
            {
                cases.Add((channel, arm.Sends));
            }
        }

        return new WaitableState("select", nameof(Select)) { EndsByItself = HasTimeouts, Cases = [.. cases] };
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
    /// is ready only if its limit is zero or negative, and is chosen only if no other case is ready.</remarks>
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

    /// <summary>Makes a seed from a number of the same kind of generator, so that selects made in succession do not follow one another's
    /// sequence.</summary>
    private static uint Scatter(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return (x ^ (x >> 16)) | 1;
    }

    /// <summary>The number of cases that a wait looks at. For tests.</summary>
    internal int ListedCount => _listed + (_timeouts?.Count ?? 0);

    private bool HasTimeouts => _timeouts is { Count: not 0 };

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
            _timeouts ??= [];
            int place = _timeouts.Count;
            while (place > 0 && _timeouts[place - 1].Index > timeout.Index)
            {
                place--;
            }

            _timeouts.Insert(place, timeout);
            return;
        }

        SelectArm arm = added.Arm!;
        _tryOrder.Insert(_listed, arm, _listed);
        _lockOrder.Insert(PlaceOf(arm.LockOrder), arm, _listed);
        _listed++;
        _canPark = false;
    }

    /// <summary>Returns the position in the order of locking for a case whose channel has the number <paramref name="order"/>: after those
    /// with the same number.</summary>
    private int PlaceOf(long order)
    {
        Span<SelectArm> arms = _lockOrder.First(_listed);
        int low = 0;
        int high = arms.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (arms[middle].LockOrder <= order)
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
            _timeouts!.Remove(timeout);
            return;
        }

        _tryOrder.RemoveAt(_tryOrder.First(_listed).IndexOf(removed.Arm!), _listed);
        _lockOrder.RemoveAt(_lockOrder.First(_listed).IndexOf(removed.Arm!), _listed);
        _listed--;
    }
}
