using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Notifies tracers of garbage collections while any tracer is registered.</summary>
/// <remarks>
/// A small unreferenced object is finalized after the next collection; its finalizer makes another such object and reads the collection's
/// data. So a collection is reported when it is over, with the length of its pauses. An event listener on the runtime's own events would
/// also report its beginning, but costs every thread something while it listens, and under native AOT it is off by default.
/// </remarks>
internal static class CollectionWatch
{
    private static readonly Lock s_lock = new();
    private static Tracer[] s_tracers = [];
    private static bool s_isOn;

    internal static void Add(Tracer tracer)
    {
        lock (s_lock)
        {
            s_tracers = [.. s_tracers, tracer];
            if (!s_isOn)
            {
                s_isOn = true;
                Sentinel.Make();
            }
        }
    }

    internal static void Remove(Tracer tracer)
    {
        lock (s_lock)
        {
            int index = Array.IndexOf(s_tracers, tracer);
            s_tracers = [.. s_tracers.Where((_, i) => i != index)];
        }
    }

    private static void Collected()
    {
        lock (s_lock)
        {
            if (s_tracers.Length == 0)
            {
                s_isOn = false;
                return;
            }

            Sentinel.Make();
        }

        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        long pause = 0;
        foreach (TimeSpan duration in info.PauseDurations)
        {
            pause += (long)duration.TotalNanoseconds;
        }

        foreach (Tracer tracer in s_tracers)
        {
            tracer.NoteOutside(TraceEventKind.Collection, info.Index, (ushort)info.Generation, [pause]);
        }
    }

    private sealed class Sentinel
    {
        private Sentinel()
        {
        }

        ~Sentinel() => Collected();

#pragma warning disable CA1806 // it must be unreferenced: its purpose is to be finalized
        internal static void Make() => _ = new Sentinel();
#pragma warning restore CA1806
    }
}
