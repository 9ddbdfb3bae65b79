using Goroutines.Diagnostics;
using Goroutines.Runtime;
using Goroutines.Testing.Time;

namespace Goroutines.Testing.Driving;

/// <summary>Determines whether every goroutine of a test is durably blocked, at a cost that does not grow with their number.</summary>
/// <remarks>
/// <para>A parked goroutine that was found durably blocked stays so until its next turn, or until the proof is gone: its last side wait has
/// ended, or the virtual timer that leads to it has expired or was changed. Each of these events puts the goroutine into <c>_open</c>, and
/// <see cref="Judge"/> looks only at those. The beginning of a turn does so, so a goroutine in the middle of a turn is always there. It
/// stays until it is seen parked and proved.</para>
/// <para>The timers of the clock whose promise may lead to a goroutine are in a list, the latest first: a goroutine that has just parked in
/// <c>Task.Delay(…, clock)</c> is found at the first look. A goroutine to which no timer leads costs a look at all of them. It is
/// remembered as <c>_holder</c> and asked first the next time, so many such goroutines cost no more than one. Of several, the middle one is
/// remembered: usually they are served first in, first out, so the first would be another one every time.</para>
/// <para><c>_lock</c> guards everything except what only <see cref="Judge"/> uses, which the driver's gate protects. Workers take it in and
/// before turns, other threads when they change timers. No other lock is taken under it.</para>
/// </remarks>
internal sealed class DurableBlocks
{
    private const int FewOpen = 1024;
    private const int FirstLook = 32;

    private readonly Dictionary<G, int> _sideWaits = [];
    private readonly List<VirtualTimer> _looked = [];
    private List<G> _open = [];
    private List<G> _taken = [];
    private SpinMutex _lock;
    private VirtualTimer? _newest;
    private G? _holder;
    private int _compactAt = FewOpen;

    /// <summary>The number of goroutines and timers looked at so far.</summary>
    internal long Looks { get; private set; }

    /// <summary>How to treat goroutines that wait for something outside the test.</summary>
    internal enum Outside
    {
        /// <summary>They hold the clock.</summary>
        Holds,

        /// <summary>They count as blocked in this evaluation only.</summary>
        CountsAsBlockedOnce,

        /// <summary>They count as blocked.</summary>
        CountsAsBlocked,
    }

    /// <summary>What the clock waits for.</summary>
    internal enum Verdict
    {
        /// <summary>Nothing: every goroutine is durably blocked, or counts as blocked.</summary>
        AllBlocked,

        /// <summary>A goroutine is in the middle of a turn. It is in a blocking region, where it needs no P.</summary>
        InTurn,

        /// <summary>A goroutine waits for something outside the test.</summary>
        WaitsOutside,
    }

    private enum State
    {
        Blocked,
        InTurn,
        Unproved,
    }

    /// <summary>Called when a goroutine is about to get its turn.</summary>
    internal void TurnBegins(G g)
    {
        _lock.Enter();
        AddOpen(g);
        _lock.Exit();
    }

    /// <summary>Called when a goroutine begins (+1) or ends (−1) to wait, outside its own flow, for an operation of the library.</summary>
    internal void SideWait(G g, int change)
    {
        _lock.Enter();
        int count = _sideWaits.GetValueOrDefault(g) + change;
        if (count == 0)
        {
            _sideWaits.Remove(g);
            AddOpen(g);
        }
        else
        {
            _sideWaits[g] = count;
        }

        _lock.Exit();
    }

    /// <summary>Called when a timer that may lead to a goroutine was armed, or armed for another time.</summary>
    internal void TimerArmed(VirtualTimer timer)
    {
        _lock.Enter();
        Unlist(timer);
        timer.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = timer;
        }

        _newest = timer;
        timer.IsListed = true;
        _lock.Exit();
    }

    /// <summary>Called when a timer has expired for the last time, or was stopped.</summary>
    internal void TimerGone(VirtualTimer timer)
    {
        _lock.Enter();
        Unlist(timer);
        _lock.Exit();
    }

    /// <summary>Called when a periodic timer has expired and stays armed.</summary>
    internal void TimerTicked(VirtualTimer timer)
    {
        _lock.Enter();
        OpenProved(timer);
        _lock.Exit();
    }

    /// <summary>Decides whether the clock may move. Called when every P is idle.</summary>
    internal Verdict Judge(Outside outside)
    {
        if (_holder is { } holder)
        {
            switch (Look(holder))
            {
                case State.InTurn:
                    return Verdict.InTurn;
                case State.Unproved when outside == Outside.Holds && !IsProvedByTimer(holder):
                    return Verdict.WaitsOutside;
                default:
                    _holder = null;
                    break;
            }
        }

        _lock.Enter();
        (_open, _taken) = (_taken, _open);
        _lock.Exit();

        HashSet<G>? inTurn = null;
        SoughtGoroutines? unproved = null;
        foreach (G g in _taken)
        {
            switch (Look(g))
            {
                case State.InTurn:
                    (inTurn ??= []).Add(g);
                    break;
                case State.Unproved when outside != Outside.CountsAsBlocked:
                    (unproved ??= new SoughtGoroutines()).Add(g);
                    break;
                default:
                    break;
            }
        }

        _taken.Clear();
        if (unproved is not null)
        {
            Prove(unproved, keeps: true);
            unproved = unproved.IsEmpty ? null : unproved;
        }

        if (inTurn is null && unproved is null)
        {
            return Verdict.AllBlocked;
        }

        _lock.Enter();
        foreach (G g in inTurn ?? [])
        {
            AddOpen(g);
        }

        foreach (G g in unproved?.Rest ?? [])
        {
            AddOpen(g);
        }

        _holder = inTurn?.First() ?? unproved!.Rest.ElementAt(unproved.Rest.Count / 2);
        _lock.Exit();
        return inTurn is not null ? Verdict.InTurn
            : outside == Outside.Holds ? Verdict.WaitsOutside
            : Verdict.AllBlocked;
    }

    /// <summary>Whether the goroutine for which the last <see cref="Judge"/> held the clock still holds it; true if there was
    /// none.</summary>
    internal bool IsHeld() => _holder is not { } holder || Look(holder) switch
    {
        State.Blocked => false,
        State.InTurn => true,
        _ => !IsProvedByTimer(holder),
    };

    /// <summary>Returns those of the goroutines that are not durably blocked, for reports.</summary>
    internal List<G> NotBlocked(List<G> goroutines)
    {
        SoughtGoroutines unproved = new();
        HashSet<G> found = [];
        foreach (G g in goroutines)
        {
            switch (Look(g))
            {
                case State.InTurn:
                    found.Add(g);
                    break;
                case State.Unproved:
                    unproved.Add(g);
                    break;
                default:
                    break;
            }
        }

        Prove(unproved, keeps: false);
        found.UnionWith(unproved.Rest);
        return [.. found.OrderBy(static g => g.Id)];
    }

    private State Look(G g)
    {
        Looks++;
        GStatus status = g.Status;
        if (status == GStatus.Dead || g is ThreadG { WaitsForThread: true })
        {
            return State.Blocked;
        }

        if (status != GStatus.Waiting || g.HasPosted)
        {
            return State.InTurn;
        }

        return g.ParkedOn is { IsCompleted: false, Reason: not WaitReason.IO } || HasSideWait(g) ? State.Blocked : State.Unproved;
    }

    private bool HasSideWait(G g)
    {
        _lock.Enter();
        bool has = _sideWaits.ContainsKey(g);
        _lock.Exit();
        return has;
    }

    private bool IsProvedByTimer(G g)
    {
        SoughtGoroutines one = new();
        one.Add(g);
        Prove(one, keeps: true);
        return one.IsEmpty;
    }

    /// <summary>Looks for timers that lead to the goroutines.</summary>
    /// <param name="sought">The goroutines. Those that are left in it wait for something outside.</param>
    /// <param name="keeps">Whether the goroutines that were found count as proved from now on.</param>
    private void Prove(SoughtGoroutines sought, bool keeps)
    {
        VirtualTimer? last = null;
        for (int most = FirstLook; !sought.IsEmpty && CopyTimers(ref last, most); most = most > int.MaxValue / 4 ? int.MaxValue : 4 * most)
        {
            foreach (VirtualTimer timer in _looked)
            {
                Looks++;
                AsyncStack.FindWoken(timer.State, sought);
                if (keeps && sought.HasFound)
                {
                    _lock.Enter();
                    sought.TakeFound(timer.IsListed ? timer.Proved ??= [] : _open);
                    _lock.Exit();
                }

                if (sought.IsEmpty)
                {
                    break;
                }
            }
        }

        _looked.Clear();
    }

    /// <summary>Copies at most <paramref name="most"/> timers, those after <paramref name="last"/>.</summary>
    private bool CopyTimers(ref VirtualTimer? last, int most)
    {
        _looked.Clear();
        _lock.Enter();
        VirtualTimer? next = last is null ? _newest : last.IsListed ? last.Older : null;
        if (last is { IsListed: false })
        {
            // Another thread has stopped it meanwhile. Begin again, with all of them at once.
            next = _newest;
            most = int.MaxValue;
        }

        for (; next is not null && _looked.Count < most; next = next.Older)
        {
            _looked.Add(next);
        }

        _lock.Exit();
        last = _looked.Count == 0 ? null : _looked[^1];
        return _looked.Count != 0;
    }

    private void AddOpen(G g)
    {
        if (_open.Count != 0 && ReferenceEquals(_open[^1], g))
        {
            return;
        }

        _open.Add(g);
        if (_open.Count >= _compactAt)
        {
            HashSet<G> distinct = [.. _open];
            _open.Clear();
            _open.AddRange(distinct);
            _compactAt = Math.Max(FewOpen, 2 * _open.Count);
        }
    }

    private void Unlist(VirtualTimer timer)
    {
        if (!timer.IsListed)
        {
            return;
        }

        OpenProved(timer);
        if (timer.Newer is null)
        {
            _newest = timer.Older;
        }
        else
        {
            timer.Newer.Older = timer.Older;
        }

        if (timer.Older is not null)
        {
            timer.Older.Newer = timer.Newer;
        }

        timer.Newer = null;
        timer.Older = null;
        timer.IsListed = false;
    }

    /// <summary>Makes <see cref="Judge"/> look again at the goroutines that a timer has proved blocked.</summary>
    private void OpenProved(VirtualTimer timer)
    {
        if (timer.Proved is { } proved)
        {
            proved.ForEach(AddOpen);
            timer.Proved = null;
        }
    }
}
