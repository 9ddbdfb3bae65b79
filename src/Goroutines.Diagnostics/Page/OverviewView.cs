using System.Runtime.InteropServices;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes the first view: counts and findings.</summary>
internal static class OverviewView
{
    internal static void Write(Utf8JsonWriter json, Look look, IReadOnlyList<Finding> findings, bool mayAct)
    {
        Scheduler scheduler = look.Scheduler;
        Dictionary<GStatus, int> counts = [];
        foreach (G g in look.Goroutines)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, g.Status, out _)++;
        }

        json.WriteStartObject();
        json.WriteString("runtime"u8, scheduler.Name);
        json.WriteString("time"u8, scheduler.Clock.UtcNow);
        json.WriteNumber("nanoseconds"u8, look.Now);
        json.WriteNumber("count"u8, look.Goroutines.Count);
        json.WriteStartObject("states"u8);
        foreach (IGrouping<string, int> state in counts.Where(static status => status.Key != GStatus.Dead).GroupBy(static status => Traceback.Word(status.Key), static status => status.Value))
        {
            json.WriteNumber(state.Key, state.Sum());
        }

        json.WriteEndObject();
        json.WriteNumber("maxProcs"u8, scheduler.MaxProcs);
        json.WriteNumber("idleProcs"u8, scheduler.IdleProcs);
        json.WriteNumber("queued"u8, scheduler.Queued);
        json.WriteNumber("workers"u8, scheduler.Workers);
        json.WriteNumber("stackThreads"u8, scheduler.Stacks.Threads.Length);
        json.WriteNumber("spawned"u8, scheduler.Spawned);
        json.WriteNumber("turns"u8, scheduler.Turns);
        json.WriteNumber("steals"u8, scheduler.Steals);
        json.WriteNumber("panics"u8, scheduler.Panics.Count);
        json.WriteNumber("collected"u8, scheduler.Collected);
        json.WriteNumber("heapBytes"u8, GC.GetTotalMemory(forceFullCollection: false));
        json.WriteNumber("collections"u8, GC.CollectionCount(0));
        json.WriteBoolean("holders"u8, GoTracking.Holders);
        json.WriteBoolean("parents"u8, GoTracking.Parents);
        json.WriteBoolean("mayAct"u8, mayAct);
        WriteFindings(json, findings);
        json.WriteEndObject();
    }

    internal static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray("findings"u8);
        foreach (Finding finding in findings.Take(200))
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, finding.Kind);
            json.WriteString("certainty"u8, finding.Certainty switch
            {
                FindingCertainty.Proved => "proved",
                FindingCertainty.Measured => "measured",
                _ => "suspected",
            });
            json.WriteString("title"u8, finding.Title);
            json.WriteString("detail"u8, finding.Detail);
            json.WriteString("advice"u8, finding.Advice);
            json.WriteString("site"u8, finding.Site);
            json.WriteNumber("count"u8, finding.Count);
            json.WriteStartArray("goroutines"u8);
            foreach (long id in finding.Goroutines)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
