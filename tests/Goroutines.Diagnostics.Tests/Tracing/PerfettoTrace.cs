using Goroutines.Diagnostics.Tests.Perfetto;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>A Perfetto file as another implementation reads it, with the rules of the format checked.</summary>
internal sealed class PerfettoTrace
{
    internal sealed record Event(ulong Time, string Track, TrackEvent.Types.Type Type, string Name, string Category, IReadOnlyDictionary<string, string> Notes, ulong[] Flows, ulong[] EndingFlows);

    internal sealed record Slice(string Track, string Name, string Category, ulong Begin, ulong End, int Depth, IReadOnlyDictionary<string, string> Notes, ulong[] EndingFlows);

    private readonly List<Event> _events = [];
    private readonly List<Slice> _slices = [];

    internal PerfettoTrace(byte[] file)
    {
        Trace trace = Trace.Parser.ParseFrom(file);
        Dictionary<ulong, string> tracks = [];
        Dictionary<uint, (Dictionary<ulong, string> Names, Dictionary<ulong, string> Notes)> sequences = [];
        foreach (TracePacket packet in trace.Packet)
        {
            if ((packet.SequenceFlags & 1) != 0)
            {
                sequences[packet.TrustedPacketSequenceId] = ([], []);
            }

            (Dictionary<ulong, string> names, Dictionary<ulong, string> notes) = sequences[packet.TrustedPacketSequenceId];
            foreach (InternedString name in packet.InternedData?.EventNames ?? [])
            {
                names.Add(name.Iid, name.Name);
            }

            foreach (InternedString name in packet.InternedData?.DebugAnnotationNames ?? [])
            {
                notes.Add(name.Iid, name.Name);
            }

            if (packet.TrackDescriptor is { } descriptor)
            {
                tracks.Add(descriptor.Uuid, descriptor.Process is { } process ? process.ProcessName : descriptor.Name);
            }

            if (packet.TrackEvent is { } e)
            {
                Assert.True((packet.SequenceFlags & 2) != 0, "An event needs the interned names.");
                _events.Add(new Event(packet.Timestamp, tracks[e.TrackUuid], e.Type, e.HasNameIid ? names[e.NameIid] : e.Name, string.Join(",", e.Categories),
                    e.DebugAnnotations.ToDictionary(note => notes[note.NameIid], note => note.HasStringValue ? note.StringValue : note.UintValue.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    [.. e.FlowIds], [.. e.TerminatingFlowIds]));
            }
        }

        Tracks = [.. tracks.Values];
        FindSlices();
    }

    internal IReadOnlyList<string> Tracks { get; }

    internal IReadOnlyList<Event> Events => _events;

    internal IReadOnlyList<Slice> Slices => _slices;

    /// <summary>Each flow has one beginning and one end, in this order.</summary>
    internal void CheckFlows()
    {
        Dictionary<ulong, ulong> begins = [];
        foreach (Event e in _events)
        {
            foreach (ulong flow in e.Flows)
            {
                Assert.True(begins.TryAdd(flow, e.Time), $"Flow {flow} begins twice.");
            }
        }

        HashSet<ulong> ended = [];
        foreach (Event e in _events)
        {
            foreach (ulong flow in e.EndingFlows)
            {
                Assert.True(ended.Add(flow), $"Flow {flow} ends twice.");
                Assert.True(begins.TryGetValue(flow, out ulong begin) && begin <= e.Time, $"Flow {flow} ends before it begins.");
            }
        }

        Assert.Equal(begins.Count, ended.Count);
    }

    /// <summary>Slices on one track nest: each end closes the last one that is open, and time does not go back.</summary>
    private void FindSlices()
    {
        Dictionary<string, Stack<Event>> open = [];
        Dictionary<string, ulong> last = [];
        foreach (Event e in _events)
        {
            Assert.True(!last.TryGetValue(e.Track, out ulong before) || before <= e.Time, $"Time goes back on {e.Track}.");
            last[e.Track] = e.Time;
            if (!open.TryGetValue(e.Track, out Stack<Event>? stack))
            {
                open.Add(e.Track, stack = []);
            }

            if (e.Type == TrackEvent.Types.Type.SliceBegin)
            {
                stack.Push(e);
            }
            else if (e.Type == TrackEvent.Types.Type.SliceEnd)
            {
                Assert.True(stack.TryPop(out Event? begin), $"A slice ends on {e.Track} that has not begun.");
                _slices.Add(new Slice(e.Track, begin!.Name, begin.Category, begin.Time, e.Time, stack.Count, begin.Notes, begin.EndingFlows));
            }
        }

        Assert.All(open, pair => Assert.Empty(pair.Value));
    }
}
