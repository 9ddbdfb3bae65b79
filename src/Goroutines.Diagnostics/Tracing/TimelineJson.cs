using System.Text.Json;
using Goroutines.Diagnostics.Formats;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Writes a stretch of a trace as the page draws it: the turns of each P, as short arrays.</summary>
/// <remarks>
/// <code>
/// { "id", "duration": ns, "from": ns, "to": ns,
///   "sites": [{ "name", "createdAt" }], "names": [text],
///   "procs": [{ "id", "turns": [[begin, end, site, goroutine, reason, kind, ready, waker]], "merged": n }],
///   "focus": [[P, begin, end, reason, ready, waker]],
///   "tasks": [[begin, end, name, id, around, goroutine]], "regions": [[begin, end, name, goroutine, task]],
///   "logs": [[time, category, message, goroutine, task]], "collections": [[time, generation, pause]] }
/// </code>
/// Times are nanoseconds since the beginning of the whole trace. <c>kind</c> is 0 for a turn and 1 for a blocking region; <c>ready</c> is
/// how long the goroutine had been runnable, −1 if unknown; <c>waker</c> is the goroutine that woke it, or 0. <c>kind</c> 2 stands for
/// several turns drawn as one: <c>goroutine</c> is then their number, <c>ready</c> their total running time, and the site that of the
/// longest. A P has at most <see cref="MostTurns"/> entries; if it has more turns, those within about a pixel are merged. <c>focus</c> has
/// the turns of the requested goroutine.
/// </remarks>
internal static class TimelineJson
{
    internal const int MostTurns = 2000;
    private const int MostOthers = 500;

    internal static void Write(TraceModel model, long id, long from, long to, long focus, Utf8JsonWriter json)
    {
        from = Math.Clamp(from + model.Begin, model.Begin, model.End);
        to = Math.Clamp(to + model.Begin, from, model.End);
        Texts sites = new(model.Turns.Select(static turn => turn.Site));
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("duration", model.End - model.Begin);
        json.WriteNumber("from", from - model.Begin);
        json.WriteNumber("to", to - model.Begin);
        json.WriteStartArray("procs");
        foreach (int proc in model.Procs)
        {
            json.WriteStartObject();
            json.WriteNumber("id", proc);
            WriteTurns(json, model, [.. model.Turns.Where(turn => turn.Proc == proc && turn.End >= from && turn.Begin <= to)], from, to, sites);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteFocus(json, model, from, to, focus);
        WriteTasks(json, model, from, to, sites);
        WriteRegions(json, model, from, to, sites);
        WriteLogs(json, model, from, to, sites);
        WriteCollections(json, model, from, to);
        sites.Write(json);
        json.WriteEndObject();
    }

    private static void WriteTurns(Utf8JsonWriter json, TraceModel model, TraceTurn[] turns, long from, long to, Texts sites)
    {
        long step = turns.Length <= MostTurns ? 0 : (to - from) / (MostTurns / 2);
        int merged = 0;
        json.WriteStartArray("turns");
        for (int i = 0; i < turns.Length;)
        {
            // Turns that begin and end within one step are drawn as one.
            int next = i + 1;
            int longest = i;
            long busy = turns[i].End - turns[i].Begin;
            while (step != 0 && next < turns.Length && turns[next].End - turns[i].Begin < step)
            {
                long length = turns[next].End - turns[next].Begin;
                longest = length > turns[longest].End - turns[longest].Begin ? next : longest;
                busy += length;
                next++;
            }

            ref readonly TraceTurn turn = ref turns[longest];
            bool several = next - i > 1;
            merged += several ? next - i : 0;
            json.WriteStartArray();
            json.WriteNumberValue(turns[i].Begin - model.Begin);
            json.WriteNumberValue(turns[next - 1].End - model.Begin);
            json.WriteNumberValue(sites.NumberOfSite(turn.Site));
            json.WriteNumberValue(several ? next - i : turn.Goroutine);
            json.WriteStringValue(several ? "" : TraceModel.TextOf(turn.Reason));
            json.WriteNumberValue(several ? 2 : turn.IsBlocking ? 1 : 0);
            json.WriteNumberValue(several ? busy : ReadyFor(in turn));
            json.WriteNumberValue(several ? 0 : WakerOf(model, in turn));
            json.WriteEndArray();
            i = next;
        }

        json.WriteEndArray();
        json.WriteNumber("merged", merged);
    }

    private static void WriteFocus(Utf8JsonWriter json, TraceModel model, long from, long to, long focus)
    {
        json.WriteStartArray("focus");
        foreach (TraceTurn turn in model.Turns.Where(turn => focus != 0 && turn.Goroutine == focus && turn.End >= from && turn.Begin <= to).Take(MostTurns))
        {
            json.WriteStartArray();
            json.WriteNumberValue(turn.Proc);
            json.WriteNumberValue(turn.Begin - model.Begin);
            json.WriteNumberValue(turn.End - model.Begin);
            json.WriteStringValue(TraceModel.TextOf(turn.Reason));
            json.WriteNumberValue(ReadyFor(in turn));
            json.WriteNumberValue(WakerOf(model, in turn));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteTasks(Utf8JsonWriter json, TraceModel model, long from, long to, Texts names) =>
        WriteSpans(json, model, "tasks", from, to, names, model.Tasks, static task => (task.Begin, task.End, task.Name), static (json, task) =>
        {
            json.WriteNumberValue(task.Id);
            json.WriteNumberValue(task.Around);
            json.WriteNumberValue(task.Goroutine);
        });

    private static void WriteRegions(Utf8JsonWriter json, TraceModel model, long from, long to, Texts names) =>
        WriteSpans(json, model, "regions", from, to, names, model.Regions, static region => (region.Begin, region.End, region.Name), static (json, region) =>
        {
            json.WriteNumberValue(region.Goroutine);
            json.WriteNumberValue(region.Task);
        });

    /// <summary>Writes the longest spans of the stretch, in the order in which they begin: begin, end, name, and what a kind of span has in addition.</summary>
    private static void WriteSpans<T>(
        Utf8JsonWriter json, TraceModel model, string kind, long from, long to, Texts names, IEnumerable<T> all, Func<T, (long Begin, long End, string Name)> spanOf, Action<Utf8JsonWriter, T> writeRest)
    {
        json.WriteStartArray(kind);
        foreach ((T item, (long begin, long end, string name)) in all.Select(item => (Item: item, Span: spanOf(item)))
            .Where(one => one.Span.End >= from && one.Span.Begin <= to)
            .OrderByDescending(static one => one.Span.End - one.Span.Begin).Take(MostOthers).OrderBy(static one => one.Span.Begin))
        {
            json.WriteStartArray();
            json.WriteNumberValue(begin - model.Begin);
            json.WriteNumberValue(end - model.Begin);
            json.WriteNumberValue(names.NumberOfName(name));
            writeRest(json, item);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteLogs(Utf8JsonWriter json, TraceModel model, long from, long to, Texts names)
    {
        json.WriteStartArray("logs");
        foreach (TraceMark log in model.Marks.Where(mark => mark.Kind == TraceEventKind.Log && mark.Time >= from && mark.Time <= to).OrderBy(static mark => mark.Time).Take(MostOthers))
        {
            json.WriteStartArray();
            json.WriteNumberValue(log.Time - model.Begin);
            json.WriteNumberValue(names.NumberOfName(model.Texts.Name(log.Argument)));
            json.WriteStringValue(model.Texts.Message(log.First));
            json.WriteNumberValue(log.Goroutine);
            json.WriteNumberValue(log.Second);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteCollections(Utf8JsonWriter json, TraceModel model, long from, long to)
    {
        json.WriteStartArray("collections");
        foreach (TraceMark mark in model.Marks.Where(mark => mark.Kind == TraceEventKind.Collection && mark.Time >= from && mark.Time <= to).Take(MostOthers))
        {
            json.WriteStartArray();
            json.WriteNumberValue(mark.Time - model.Begin);
            json.WriteNumberValue(mark.Argument);
            json.WriteNumberValue(mark.First);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static long ReadyFor(in TraceTurn turn) => turn.RunnableSince >= 0 ? Math.Max(0, turn.Begin - turn.RunnableSince) : -1;

    private static long WakerOf(TraceModel model, in TraceTurn turn) => turn.Wake >= 0 ? model.Wakes[turn.Wake].Waker : 0;

    /// <summary>The sites and names that the answer refers to, each once.</summary>
    private sealed class Texts(IEnumerable<ushort> all)
    {
        private readonly SourcePaths _paths = new(all.Distinct().Select(static site => TraceSites.Get(site).File));
        private readonly Dictionary<ushort, int> _sites = [];
        private readonly Dictionary<string, int> _names = [];

        internal int NumberOfSite(ushort site)
        {
            if (!_sites.TryGetValue(site, out int number))
            {
                number = _sites.Count;
                _sites.Add(site, number);
            }

            return number;
        }

        internal int NumberOfName(string name)
        {
            if (!_names.TryGetValue(name, out int number))
            {
                number = _names.Count;
                _names.Add(name, number);
            }

            return number;
        }

        internal void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray("sites");
            foreach (ushort number in _sites.Keys)
            {
                TraceSite site = TraceSites.Get(number);
                json.WriteStartObject();
                json.WriteString("name", site.Name);
                json.WriteString("createdAt", site.File.Length == 0 ? "" : $"{_paths.Cut(site.File)}:{site.Line}");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("names");
            foreach (string name in _names.Keys)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }
    }
}
