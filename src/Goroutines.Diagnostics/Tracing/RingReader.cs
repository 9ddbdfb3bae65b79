using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Reads the rings of a runtime while workers write to them.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RingReader(Tracer tracer)
{
    private readonly Dictionary<TraceRing, Track> _tracks = [];
    private bool _countsLosses;

    internal long Events => _tracks.Values.Sum(static track => (long)track.Events.Count);

    /// <summary>Gets how many events have been overwritten between <see cref="SkipToNow"/> and the call of <see cref="Read"/> that should
    /// have read them; 0 without <see cref="SkipToNow"/>.</summary>
    internal long Lost { get; private set; }

    /// <summary>Skips the events that have been written so far, and begins to count events that are lost. A ring that is first seen later
    /// belongs to a P that was added later, so all of its events count.</summary>
    internal void SkipToNow()
    {
        _countsLosses = true;
        foreach ((int proc, TraceRing ring) in tracer.Rings())
        {
            TrackOf(proc, ring).Next = ring.Written;
        }
    }

    /// <summary>Copies the events written since the last call. The first call without <see cref="SkipToNow"/> copies what the rings
    /// hold.</summary>
    internal void Read()
    {
        foreach ((int proc, TraceRing ring) in tracer.Rings())
        {
            Track track = TrackOf(proc, ring);
            track.Next = ring.CopyTo(track.Next, track.Events, out long lost);
            Lost += _countsLosses ? lost : 0;
        }
    }

    /// <summary>Makes a recording of the events read.</summary>
    /// <param name="from">The earliest time wanted.</param>
    /// <param name="until">The end of the recording.</param>
    /// <param name="lostIsGap">Whether the recording may begin only where the remaining events of every P with overwritten events begin,
    /// since what that P did before is unknown.</param>
    internal TraceRecording ToRecording(long from, long until, bool lostIsGap)
    {
        long begin = from;
        if (lostIsGap)
        {
            foreach (Track track in _tracks.Values)
            {
                begin = track.Proc >= 0 && track.Next > track.Events.Count && track.Events.Count != 0 ? Math.Max(begin, track.Events[0].Time) : begin;
            }
        }

        Track[] tracks = [.. _tracks.Values];
        long events = 0;
        foreach (Track track in tracks)
        {
            foreach (TraceEvent e in track.Events)
            {
                events += e.Time >= begin && e.Kind != TraceEventKind.Extra ? 1 : 0;
            }
        }

        TraceTexts texts = tracer.Texts;
        return new TraceRecording(
            () =>
            {
                TraceModelBuilder builder = new(texts, begin, until);
                foreach (Track track in tracks)
                {
                    builder.Add(track.Proc, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(track.Events));
                }

                return builder.Build();
            },
            TimeSpan.FromTicks(Math.Max(0, until - begin) / 100),
            events,
            Lost);
    }

    private Track TrackOf(int proc, TraceRing ring)
    {
        if (!_tracks.TryGetValue(ring, out Track? track))
        {
            track = new Track(proc);
            _tracks.Add(ring, track);
        }

        return track;
    }

    private sealed class Track(int proc)
    {
        internal readonly int Proc = proc;
        internal readonly List<TraceEvent> Events = [];
        internal long Next;
    }
}
