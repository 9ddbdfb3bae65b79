using System.Text.Json;
using Goroutines.Diagnostics.Formats;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>The end of a trace as the page draws it: for each P its turns, as short arrays.</summary>
/// <remarks>
/// <code>
/// { "duration": ns, "sites": [{ "name", "createdAt" }],
///   "procs": [{ "id", "turns": [[begin, end, site, goroutine, reason, kind]], "merged": n }],
///   "collections": [[time, generation, pause]] }
/// </code>
/// Times are nanoseconds from the beginning of the stretch. <c>kind</c> is 0 for a turn, 1 for a blocking region, 2 for several turns drawn as one
/// (<c>goroutine</c> is then how many): a P has at most <see cref="MostTurns"/>, and what is closer together than a pixel would be is put together.
/// </remarks>
internal static class TimelineJson
{
    internal const int MostTurns = 2000;

    internal static void Write(TraceModel model, long length, Utf8JsonWriter json)
    {
        long begin = Math.Max(model.Begin, model.End - length);
        Dictionary<ushort, int> sites = [];
        SourcePaths paths = new(model.Turns.Select(static turn => turn.Site).Distinct().Select(static site => TraceSites.Get(site).File));
        json.WriteStartObject();
        json.WriteNumber("duration", model.End - begin);
        json.WriteStartArray("procs");
        foreach (int proc in model.Procs)
        {
            json.WriteStartObject();
            json.WriteNumber("id", proc);
            WriteTurns(json, [.. model.Turns.Where(turn => turn.Proc == proc && turn.End > begin)], begin, model.End, sites);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sites");
        foreach (ushort number in sites.Keys)
        {
            TraceSite site = TraceSites.Get(number);
            json.WriteStartObject();
            json.WriteString("name", site.Name);
            json.WriteString("createdAt", site.File.Length == 0 ? "" : $"{paths.Cut(site.File)}:{site.Line}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("collections");
        foreach (TraceMark mark in model.Marks.Where(mark => mark.Kind == TraceEventKind.Collection && mark.Time >= begin))
        {
            json.WriteStartArray();
            json.WriteNumberValue(mark.Time - begin);
            json.WriteNumberValue(mark.Argument);
            json.WriteNumberValue(mark.First);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTurns(Utf8JsonWriter json, TraceTurn[] turns, long begin, long end, Dictionary<ushort, int> sites)
    {
        long step = turns.Length <= MostTurns ? 0 : (end - begin) / (MostTurns / 2);
        int merged = 0;
        json.WriteStartArray("turns");
        for (int i = 0; i < turns.Length;)
        {
            // Turns that begin and end within one step are drawn as one.
            int next = i + 1;
            while (step != 0 && next < turns.Length && turns[next].End - turns[i].Begin < step)
            {
                next++;
            }

            TraceTurn turn = turns[i];
            bool several = next - i > 1;
            merged += several ? next - i : 0;
            json.WriteStartArray();
            json.WriteNumberValue(Math.Max(0, turn.Begin - begin));
            json.WriteNumberValue(turns[next - 1].End - begin);
            json.WriteNumberValue(NumberOf(sites, turn.Site));
            json.WriteNumberValue(several ? next - i : turn.Goroutine);
            json.WriteStringValue(several ? "" : TraceModel.TextOf(turn.Reason));
            json.WriteNumberValue(several ? 2 : turn.IsBlocking ? 1 : 0);
            json.WriteEndArray();
            i = next;
        }

        json.WriteEndArray();
        json.WriteNumber("merged", merged);
    }

    private static int NumberOf(Dictionary<ushort, int> sites, ushort site)
    {
        if (!sites.TryGetValue(site, out int number))
        {
            number = sites.Count;
            sites.Add(site, number);
        }

        return number;
    }
}
