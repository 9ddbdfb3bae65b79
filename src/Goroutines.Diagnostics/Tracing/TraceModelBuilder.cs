using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Builds a <see cref="TraceModel"/> from the events of each P.</summary>
/// <remarks>
/// The events of a P are in order. What came before its first event is unknown: a turn that ends without a beginning is taken to have begun
/// with the trace, or when the P's previous turn ended. A blocking region divides its turn; the part in the region ends where the region
/// does, or where another goroutine gets the P. Then the wakes and turns of all Ps are merged by time, and each turn gets the last wake of
/// its goroutine before it. So a wake leads to at most one turn.
/// </remarks>
internal sealed class TraceModelBuilder(TraceTexts texts, long begin, long end)
{
    private readonly List<TraceTurn> _turns = [];
    private readonly List<TraceWake> _wakes = [];
    private readonly List<TraceMark> _marks = [];
    private readonly List<int> _procs = [];

    // State for the P whose events are being added.
    private TraceTurn _open;
    private bool _isOpen;
    private long _lastEnd;
    private TraceWakeSource _between;

    /// <summary>Adds the events of one P; −1 stands for the threads without a P.</summary>
    internal void Add(int proc, ReadOnlySpan<TraceEvent> events)
    {
        if (proc >= 0)
        {
            _procs.Add(proc);
        }

        _isOpen = false;
        _lastEnd = begin;
        _between = proc < 0 ? TraceWakeSource.Outside : TraceWakeSource.Timer;
        for (int i = 0; i < events.Length; i++)
        {
            int extras = 0;
            while (i + extras + 1 < events.Length && events[i + extras + 1].Kind == TraceEventKind.Extra)
            {
                extras++;
            }

            if (events[i].Kind is not (TraceEventKind.Extra or TraceEventKind.None) && events[i].Time >= begin)
            {
                Add(proc, in events[i], extras > 0 ? events[i + 1].Word : 0, extras > 1 ? events[i + 2].Word : 0);
            }

            i += extras;
        }

        if (_isOpen)
        {
            Close(end, TraceTurn.StillRuns);
        }
    }

    internal TraceModel Build()
    {
        _procs.Sort();
        Link();
        return new TraceModel
        {
            Turns = _turns,
            Wakes = _wakes,
            Marks = _marks,
            Regions = Regions(),
            Tasks = Tasks(),
            Procs = _procs,
            Texts = texts,
            Begin = begin,
            End = end,
        };
    }

    private void Add(int proc, in TraceEvent e, long first, long second)
    {
        switch (e.Kind)
        {
            case TraceEventKind.TurnBegin:
                CloseIfOpen(e.Time);
                Open(proc, e.Time, e.Subject, e.Argument, blocking: false);
                break;
            case TraceEventKind.TurnEnd:
                if (_isOpen && _open.Goroutine != e.Subject)
                {
                    Close(e.Time, TraceTurn.Blocked);
                }

                if (!_isOpen)
                {
                    Open(proc, _lastEnd, e.Subject, 0, blocking: false);
                }

                Close(e.Time, e.Argument);
                _between = TraceWakeSource.Timer;
                break;
            case TraceEventKind.BlockingBegin:
                ushort site = _isOpen ? _open.Site : (ushort)0;
                CloseIfOpen(e.Time);
                Open(proc, e.Time, e.Subject, site, blocking: true);
                break;
            case TraceEventKind.BlockingEnd:
                CloseIfOpen(e.Time);
                Open(proc, e.Time, e.Subject, e.Argument, blocking: false);
                break;
            case TraceEventKind.HandOff or TraceEventKind.Idle:
                CloseIfOpen(e.Time);
                _marks.Add(new TraceMark(proc, e.Time, e.Kind, 0, 0, 0, 0));
                break;
            case TraceEventKind.Ready or TraceEventKind.Spawn:
                bool inTurn = _isOpen && !_open.IsBlocking;
                _wakes.Add(new TraceWake(proc, e.Time, e.Subject, inTurn ? _open.Goroutine : 0, inTurn ? _open.Site : (ushort)0,
                    inTurn ? TraceWakeSource.Goroutine : _between, e.Kind == TraceEventKind.Spawn));
                break;
            case TraceEventKind.NetPoll:
                _between = TraceWakeSource.Network;
                _marks.Add(new TraceMark(proc, e.Time, e.Kind, e.Subject, 0, 0, 0));
                break;
            default:
                if (e.Kind == TraceEventKind.TimerFired)
                {
                    _between = TraceWakeSource.Timer;
                }

                _marks.Add(new TraceMark(proc, e.Time, e.Kind, e.Subject, e.Argument, first, second));
                break;
        }
    }

    private void Open(int proc, long time, long goroutine, ushort site, bool blocking)
    {
        _open = new TraceTurn { Proc = proc, Begin = time, Goroutine = goroutine, Site = site, IsBlocking = blocking, Wake = -1, RunnableSince = -1 };
        _isOpen = true;
    }

    private void CloseIfOpen(long time)
    {
        if (_isOpen)
        {
            Close(time, TraceTurn.Blocked);
        }
    }

    private void Close(long time, ushort reason)
    {
        _open.End = Math.Max(_open.Begin, time);
        _open.Reason = reason;
        _lastEnd = _open.End;
        _turns.Add(_open);
        _isOpen = false;
    }

    /// <summary>Finds for each turn the wake that led to it and since when its goroutine was runnable; also the sites of turns that began
    /// before the trace.</summary>
    private void Link()
    {
        int[] wakes = new int[_wakes.Count];
        int[] turns = new int[_turns.Count];
        Array.ForEach([wakes, turns], static order =>
        {
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }
        });
        Array.Sort(wakes, (a, b) => Compare(_wakes[a].Time, _wakes[b].Time, a, b));
        Array.Sort(turns, (a, b) => Compare(_turns[a].Begin, _turns[b].Begin, a, b));
        Dictionary<long, int> pending = [];
        Dictionary<long, long> yielded = [];
        Dictionary<long, ushort> sites = [];
        Span<TraceTurn> all = CollectionsMarshal.AsSpan(_turns);
        int next = 0;
        foreach (int index in turns)
        {
            ref TraceTurn turn = ref all[index];
            for (; next < wakes.Length && _wakes[wakes[next]].Time <= turn.Begin; next++)
            {
                pending[_wakes[wakes[next]].Goroutine] = wakes[next];
            }

            if (turn.Site != 0)
            {
                sites[turn.Goroutine] = turn.Site;
            }

            if (turn.IsBlocking)
            {
                continue;
            }

            if (pending.Remove(turn.Goroutine, out int wake))
            {
                turn.Wake = wake;
                turn.RunnableSince = _wakes[wake].Time;
            }
            else if (yielded.TryGetValue(turn.Goroutine, out long since))
            {
                turn.RunnableSince = since;
            }

            yielded.Remove(turn.Goroutine);
            if (turn.Reason == TraceEvent.Yielded)
            {
                yielded[turn.Goroutine] = turn.End;
            }
        }

        foreach (ref TraceTurn turn in all)
        {
            if (turn.Site == 0)
            {
                turn.Site = sites.GetValueOrDefault(turn.Goroutine);
            }
        }
    }

    private List<TraceRegionSpan> Regions()
    {
        List<TraceRegionSpan> spans = [];
        Dictionary<long, Stack<(long Begin, string Name, long Task)>> open = [];
        List<TraceMark> marks = _marks.FindAll(static mark => mark.Kind is TraceEventKind.RegionBegin or TraceEventKind.RegionEnd && mark.Goroutine != 0);
        foreach (TraceMark mark in marks.OrderBy(static mark => mark.Time))
        {
            ref Stack<(long Begin, string Name, long Task)>? stack = ref CollectionsMarshal.GetValueRefOrAddDefault(open, mark.Goroutine, out _);
            stack ??= new Stack<(long Begin, string Name, long Task)>();
            if (mark.Kind == TraceEventKind.RegionBegin)
            {
                stack.Push((mark.Time, texts.Name(mark.Argument), mark.First));
            }
            else if (stack.TryPop(out (long Begin, string Name, long Task) region))
            {
                spans.Add(new TraceRegionSpan(mark.Goroutine, region.Begin, mark.Time, region.Name, region.Task));
            }
        }

        foreach ((long goroutine, Stack<(long Begin, string Name, long Task)> stack) in open)
        {
            foreach ((long since, string name, long task) in stack)
            {
                spans.Add(new TraceRegionSpan(goroutine, since, end, name, task));
            }
        }

        return spans;
    }

    private List<TraceTaskSpan> Tasks()
    {
        List<TraceTaskSpan> spans = [];
        Dictionary<long, TraceMark> open = [];
        foreach (TraceMark mark in _marks.FindAll(static mark => mark.Kind is TraceEventKind.TaskBegin or TraceEventKind.TaskEnd).OrderBy(static mark => mark.Time))
        {
            if (mark.Kind == TraceEventKind.TaskBegin)
            {
                open[mark.First] = mark;
            }
            else
            {
                bool begun = open.Remove(mark.First, out TraceMark first);
                spans.Add(new TraceTaskSpan(mark.First, first.Second, first.Goroutine, begun ? first.Time : begin, mark.Time, texts.Name(mark.Argument), begun));
            }
        }

        spans.AddRange(open.Values.Select(mark => new TraceTaskSpan(mark.First, mark.Second, mark.Goroutine, mark.Time, end, texts.Name(mark.Argument), IsWhole: false)));
        return spans;
    }

    private static int Compare(long a, long b, int first, int second) => a != b ? a.CompareTo(b) : first.CompareTo(second);
}
