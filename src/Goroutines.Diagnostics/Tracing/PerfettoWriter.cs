using Goroutines.Diagnostics.Formats;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Writes a trace as Perfetto's <c>Trace</c> message: <c>TrackEvent</c>s on a track for each P.</summary>
/// <remarks>
/// <para>A P's track has a slice for each turn and each blocking region. The slices do not overlap. Each wake that led to a turn is an
/// instant on the waker's track and has its own flow, which ends at the turn, since a flow cannot fork. Each goroutine with regions or
/// messages has a track, up to <see cref="MostGoroutineTracks"/>.</para>
/// <para>Names are interned once per packet sequence. Each track is a sequence, so that packets are read in the order of the file.</para>
/// </remarks>
internal sealed class PerfettoWriter(TraceModel model, Stream stream)
{
    /// <summary>More tracks would make the viewer slow.</summary>
    internal const int MostGoroutineTracks = 2000;

    private const int MostTaskTracks = 2000;

    /// <summary>The minimum time between two values of a counter, in nanoseconds; the last value is always written.</summary>
    private const long CounterStep = 50_000;

    private const int FlushAt = 64 * 1024;

    private const ulong ProcessTrack = 1;
    private const ulong OutsideTrack = 2;
    private const ulong RunningTrack = 3;
    private const ulong RunnableTrack = 4;
    private const ulong TasksTrack = 5;
    private const ulong FirstProcTrack = 16;
    private const ulong FirstGoroutineTrack = 1UL << 32;
    private const ulong FirstTaskTrack = 1UL << 62;

    // Field numbers of Perfetto's definitions.
    private const int TracePacket = 1;
    private const int PacketTimestamp = 8;
    private const int PacketSequence = 10;
    private const int PacketTrackEvent = 11;
    private const int PacketInterned = 12;
    private const int PacketSequenceFlags = 13;
    private const int PacketTrackDescriptor = 60;
    private const int DescriptorUuid = 1;
    private const int DescriptorName = 2;
    private const int DescriptorProcess = 3;
    private const int DescriptorParent = 5;
    private const int DescriptorCounter = 8;
    private const int ProcessPid = 1;
    private const int ProcessName = 6;
    private const int EventAnnotations = 4;
    private const int EventType = 9;
    private const int EventNameId = 10;
    private const int EventTrack = 11;
    private const int EventCategory = 22;
    private const int EventName = 23;
    private const int EventCounterValue = 30;
    private const int EventFlow = 47;
    private const int EventEndingFlow = 48;
    private const int AnnotationNameId = 1;
    private const int AnnotationUint = 3;
    private const int AnnotationText = 6;
    private const int InternedEventNames = 2;
    private const int InternedAnnotationNames = 3;
    private const int InternedId = 1;
    private const int InternedName = 2;

    private const long SliceBegin = 1;
    private const long SliceEnd = 2;
    private const long Instant = 3;
    private const long Counter = 4;

    private const long StateCleared = 1;
    private const long NeedsState = 2;

    private static readonly string[] s_annotations = ["goroutine", "created by", "ends", "runnable for (µs)", "woken by", "message", "pause (µs)", "count", "task", "in task"];

    private readonly ProtoWriter _proto = new();
    private readonly HashSet<int> _interned = [];
    private SourcePaths _paths = new([]);
    private long _sequence;

    private enum Note
    {
        Goroutine = 1,
        CreatedBy,
        Ends,
        Runnable,
        WokenBy,
        Message,
        Pause,
        Count,
        Task,
        InTask,
    }

    /// <summary>Writes the whole trace.</summary>
    internal void Write()
    {
        _paths = new SourcePaths(model.Turns.Select(static turn => turn.Site).Distinct().Select(static site => TraceSites.Get(site).File).Where(static file => file.Length != 0));
        BeginSequence();
        DescribeProcess();
        Describe(OutsideTrack, "other threads");
        DescribeCounter(RunningTrack, "running goroutines");
        DescribeCounter(RunnableTrack, "runnable goroutines");
        foreach (int proc in model.Procs)
        {
            Describe(TrackOf(proc), $"P {proc}");
        }

        foreach (int proc in model.Procs)
        {
            WriteProc(proc);
        }

        WriteOutside();
        WriteTasks();
        WriteGoroutines();
        WriteCounters();
        Flush();
    }

    private static ulong TrackOf(int proc) => proc < 0 ? OutsideTrack : FirstProcTrack + (ulong)proc;

    private void WriteProc(int proc)
    {
        BeginSequence();
        ulong track = TrackOf(proc);
        IEnumerator<(long Time, int Wake, int Mark)> instants = InstantsOf(proc).GetEnumerator();
        bool more = instants.MoveNext();
        foreach (TraceTurn turn in model.Turns)
        {
            if (turn.Proc != proc)
            {
                continue;
            }

            for (; more && instants.Current.Time < turn.Begin; more = instants.MoveNext())
            {
                WriteInstant(track, instants.Current);
            }

            WriteTurnBegin(track, in turn);
            for (; more && instants.Current.Time <= turn.End; more = instants.MoveNext())
            {
                WriteInstant(track, instants.Current);
            }

            int packet = BeginEvent(turn.End, SliceEnd, track, out int e);
            EndEvent(packet, e);
        }

        for (; more; more = instants.MoveNext())
        {
            WriteInstant(track, instants.Current);
        }
    }

    private void WriteOutside()
    {
        BeginSequence();
        foreach ((long Time, int Wake, int Mark) instant in InstantsOf(-1).OrderBy(static instant => instant.Time))
        {
            WriteInstant(OutsideTrack, instant);
        }
    }

    /// <summary>Returns the wakes on a P that led to a turn, and the P's own marks, by time.</summary>
    private IEnumerable<(long Time, int Wake, int Mark)> InstantsOf(int proc)
    {
        List<(long Time, int Wake, int Mark)> instants = [];
        HashSet<int> used = [.. model.Turns.Where(static turn => turn.Wake >= 0).Select(static turn => turn.Wake)];
        for (int i = 0; i < model.Wakes.Count; i++)
        {
            if (model.Wakes[i].Proc == proc && used.Contains(i))
            {
                instants.Add((model.Wakes[i].Time, i, -1));
            }
        }

        for (int i = 0; i < model.Marks.Count; i++)
        {
            if (model.Marks[i].Proc == proc && model.Marks[i].Kind is not (TraceEventKind.RegionBegin or TraceEventKind.RegionEnd or TraceEventKind.TaskBegin or TraceEventKind.TaskEnd or TraceEventKind.Log))
            {
                instants.Add((model.Marks[i].Time, -1, i));
            }
        }

        return instants.OrderBy(static instant => instant.Time);
    }

    private void WriteTurnBegin(ulong track, in TraceTurn turn)
    {
        TraceSite site = TraceSites.Get(turn.Site);
        InternName(turn.Site + 1, turn.IsBlocking ? null : site.Name);
        int packet = BeginEvent(turn.Begin, SliceBegin, track, out int e);
        if (turn.IsBlocking)
        {
            _proto.Write(EventName, "blocking call");
        }
        else
        {
            _proto.Write(EventNameId, turn.Site + 1);
        }

        _proto.Write(EventCategory, turn.IsBlocking ? "blocking" : "goroutine");
        Annotate(Note.Goroutine, turn.Goroutine);
        if (site.File.Length != 0)
        {
            Annotate(Note.CreatedBy, $"{_paths.Cut(site.File)}:{site.Line}");
        }

        if (!turn.IsBlocking)
        {
            Annotate(Note.Ends, TraceModel.TextOf(turn.Reason));
        }

        if (turn.RunnableSince >= 0)
        {
            Annotate(Note.Runnable, Math.Max(0, turn.Begin - turn.RunnableSince) / 1000);
        }

        if (turn.Wake >= 0)
        {
            TraceWake wake = model.Wakes[turn.Wake];
            Annotate(Note.WokenBy, wake.Waker != 0 ? $"goroutine {wake.Waker}" : TextOf(wake.Source));
            _proto.WriteFixed64(EventEndingFlow, FlowOf(turn.Wake));
        }

        EndEvent(packet, e);
    }

    private void WriteInstant(ulong track, (long Time, int Wake, int Mark) instant)
    {
        int packet = BeginEvent(instant.Time, Instant, track, out int e);
        if (instant.Wake >= 0)
        {
            TraceWake wake = model.Wakes[instant.Wake];
            _proto.Write(EventName, wake.IsSpawn ? "go" : "ready");
            _proto.Write(EventCategory, "wake");
            Annotate(Note.Goroutine, wake.Goroutine);
            _proto.WriteFixed64(EventFlow, FlowOf(instant.Wake));
        }
        else
        {
            TraceMark mark = model.Marks[instant.Mark];
            _proto.Write(EventName, NameOf(mark.Kind));
            _proto.Write(EventCategory, "runtime");
            switch (mark.Kind)
            {
                case TraceEventKind.Collection:
                    Annotate(Note.Count, mark.Argument);
                    Annotate(Note.Pause, mark.First / 1000);
                    break;
                case TraceEventKind.NetPoll:
                    Annotate(Note.Count, mark.Goroutine);
                    break;
                case TraceEventKind.Steal or TraceEventKind.Panic:
                    Annotate(Note.Goroutine, mark.Goroutine);
                    break;
                default:
                    break;
            }
        }

        EndEvent(packet, e);
    }

    /// <summary>Writes a track for each task, since tasks overlap; at most <see cref="MostTaskTracks"/>, for the longest tasks.</summary>
    private void WriteTasks()
    {
        if (model.Tasks.Count == 0)
        {
            return;
        }

        BeginSequence();
        Describe(TasksTrack, "tasks");
        foreach (TraceTaskSpan task in model.Tasks.OrderByDescending(static task => task.End - task.Begin).Take(MostTaskTracks).OrderBy(static task => task.Id))
        {
            BeginSequence();
            ulong track = FirstTaskTrack + (ulong)task.Id;
            Describe(track, $"task {task.Id}", TasksTrack);
            int packet = BeginEvent(task.Begin, SliceBegin, track, out int e);
            _proto.Write(EventName, task.Name);
            _proto.Write(EventCategory, "task");
            Annotate(Note.Task, task.Id);
            if (task.Around != 0)
            {
                Annotate(Note.InTask, task.Around);
            }

            if (task.Goroutine != 0)
            {
                Annotate(Note.Goroutine, task.Goroutine);
            }

            EndEvent(packet, e);
            packet = BeginEvent(task.End, SliceEnd, track, out e);
            EndEvent(packet, e);
        }
    }

    private void WriteGoroutines()
    {
        long[] ids = [.. model.Regions.Select(static region => region.Goroutine)
            .Concat(model.Marks.Where(static mark => mark.Kind == TraceEventKind.Log).Select(static mark => mark.Goroutine))
            .Distinct().Order().Take(MostGoroutineTracks)];
        ILookup<long, TraceRegionSpan> regions = model.Regions.ToLookup(static region => region.Goroutine);
        ILookup<long, TraceMark> logs = model.Marks.Where(static mark => mark.Kind == TraceEventKind.Log).ToLookup(static mark => mark.Goroutine);
        foreach (long id in ids)
        {
            BeginSequence();
            ulong track = FirstGoroutineTrack + (ulong)id;
            Describe(track, id == 0 ? "outside of goroutines" : $"goroutine {id}");
            List<(long Time, int Order, TraceRegionSpan Region, TraceMark Log)> events = [];
            foreach (TraceRegionSpan region in regions[id])
            {
                events.Add((region.Begin, 1, region, default));
                events.Add((region.End, 0, default, default));
            }

            foreach (TraceMark log in logs[id])
            {
                events.Add((log.Time, 2, default, log));
            }

            // A goroutine's regions nest, since its events are in order. The order of events at the same time is not visible.
            foreach ((long time, int order, TraceRegionSpan region, TraceMark log) in events.OrderBy(static item => item.Time).ThenBy(static item => item.Order))
            {
                int packet = BeginEvent(time, order switch { 0 => SliceEnd, 1 => SliceBegin, _ => Instant }, track, out int e);
                if (order == 1)
                {
                    _proto.Write(EventName, region.Name);
                    _proto.Write(EventCategory, "region");
                    AnnotateTask(region.Task);
                }
                else if (order == 2)
                {
                    _proto.Write(EventName, model.Texts.Name(log.Argument));
                    _proto.Write(EventCategory, "log");
                    Annotate(Note.Message, model.Texts.Message(log.First));
                    AnnotateTask(log.Second);
                }

                EndEvent(packet, e);
            }
        }
    }

    /// <summary>Writes how many goroutines run, and how many are known to be runnable.</summary>
    private void WriteCounters()
    {
        BeginSequence();
        WriteCounter(RunningTrack, model.Turns.Where(static turn => !turn.IsBlocking).Select(static turn => (turn.Begin, turn.End)));
        WriteCounter(RunnableTrack, model.Turns.Where(static turn => turn.RunnableSince >= 0 && turn.RunnableSince < turn.Begin).Select(static turn => (turn.RunnableSince, turn.Begin)));
    }

    private void WriteCounter(ulong track, IEnumerable<(long Begin, long End)> spans)
    {
        List<(long Time, int Change)> changes = [];
        foreach ((long begin, long end) in spans)
        {
            changes.Add((begin, 1));
            changes.Add((end, -1));
        }

        changes.Sort();
        long value = 0;
        long written = long.MinValue;
        for (int i = 0; i < changes.Count; i++)
        {
            value += changes[i].Change;
            bool last = i + 1 == changes.Count;
            if (last || (changes[i + 1].Time != changes[i].Time && changes[i].Time - written >= CounterStep))
            {
                written = changes[i].Time;
                int packet = BeginEvent(written, Counter, track, out int e);
                _proto.Write(EventCounterValue, value);
                EndEvent(packet, e);
            }
        }
    }

    private void DescribeProcess()
    {
        int packet = BeginPacket(0);
        int descriptor = _proto.Begin(PacketTrackDescriptor);
        _proto.Write(DescriptorUuid, ProcessTrack);
        int process = _proto.Begin(DescriptorProcess);
        _proto.Write(ProcessPid, (long)Environment.ProcessId);
        _proto.Write(ProcessName, "goroutines");
        _proto.End(process);
        _proto.End(descriptor);
        EndPacket(packet);
    }

    private void DescribeCounter(ulong track, string name)
    {
        int packet = BeginPacket(0);
        int descriptor = _proto.Begin(PacketTrackDescriptor);
        _proto.Write(DescriptorUuid, track);
        _proto.Write(DescriptorParent, ProcessTrack);
        _proto.Write(DescriptorName, name);
        _proto.End(_proto.Begin(DescriptorCounter));
        _proto.End(descriptor);
        EndPacket(packet);
    }

    private void Describe(ulong track, string name, ulong parent = ProcessTrack)
    {
        int packet = BeginPacket(0);
        int descriptor = _proto.Begin(PacketTrackDescriptor);
        _proto.Write(DescriptorUuid, track);
        _proto.Write(DescriptorParent, parent);
        _proto.Write(DescriptorName, name);
        _proto.End(descriptor);
        EndPacket(packet);
    }

    /// <summary>Begins a sequence of packets, in which only the names of the annotations are interned so far.</summary>
    private void BeginSequence()
    {
        _sequence++;
        _interned.Clear();
        int packet = BeginPacket(StateCleared);
        int interned = _proto.Begin(PacketInterned);
        for (int i = 0; i < s_annotations.Length; i++)
        {
            int name = _proto.Begin(InternedAnnotationNames);
            _proto.Write(InternedId, i + 1);
            _proto.Write(InternedName, s_annotations[i]);
            _proto.End(name);
        }

        _proto.End(interned);
        EndPacket(packet);
    }

    private void InternName(int id, string? name)
    {
        if (name is null || !_interned.Add(id))
        {
            return;
        }

        int packet = BeginPacket(NeedsState);
        int interned = _proto.Begin(PacketInterned);
        int entry = _proto.Begin(InternedEventNames);
        _proto.Write(InternedId, id);
        _proto.Write(InternedName, name);
        _proto.End(entry);
        _proto.End(interned);
        EndPacket(packet);
    }

    private int BeginPacket(long flags)
    {
        int packet = _proto.Begin(TracePacket);
        _proto.Write(PacketSequence, _sequence);
        _proto.WriteUnlessZero(PacketSequenceFlags, flags);
        return packet;
    }

    private void EndPacket(int packet)
    {
        _proto.End(packet);
        if (_proto.Length >= FlushAt)
        {
            Flush();
        }
    }

    private int BeginEvent(long time, long type, ulong track, out int e)
    {
        int packet = BeginPacket(NeedsState);
        _proto.Write(PacketTimestamp, time);
        e = _proto.Begin(PacketTrackEvent);
        _proto.Write(EventType, type);
        _proto.Write(EventTrack, track);
        return packet;
    }

    private void EndEvent(int packet, int e)
    {
        _proto.End(e);
        EndPacket(packet);
    }

    private void AnnotateTask(long task)
    {
        if (task != 0)
        {
            Annotate(Note.InTask, task);
        }
    }

    private void Annotate(Note note, long value)
    {
        int annotation = _proto.Begin(EventAnnotations);
        _proto.Write(AnnotationNameId, (long)note);
        _proto.Write(AnnotationUint, value);
        _proto.End(annotation);
    }

    private void Annotate(Note note, string value)
    {
        int annotation = _proto.Begin(EventAnnotations);
        _proto.Write(AnnotationNameId, (long)note);
        _proto.Write(AnnotationText, value);
        _proto.End(annotation);
    }

    private void Flush()
    {
        stream.Write(_proto.Written);
        _proto.Clear();
    }

    private static ulong FlowOf(int wake) => (ulong)wake + 1;

    private static string TextOf(TraceWakeSource source) => source switch
    {
        TraceWakeSource.Timer => "a timer, or the runtime",
        TraceWakeSource.Network => "the network",
        _ => "another thread",
    };

    private static string NameOf(TraceEventKind kind) => kind switch
    {
        TraceEventKind.Steal => "steal",
        TraceEventKind.HandOff => "hand-off",
        TraceEventKind.Idle => "idle",
        TraceEventKind.NetPoll => "network",
        TraceEventKind.TimerFired => "timer",
        TraceEventKind.Compensated => "another P beside a stuck one",
        TraceEventKind.Collection => "garbage collection",
        TraceEventKind.Panic => "panic",
        _ => kind.ToString(),
    };
}
