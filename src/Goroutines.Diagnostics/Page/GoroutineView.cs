using System.Text;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes the goroutines that a search finds as a list, or one goroutine with all that is known about it.</summary>
internal static class GoroutineView
{
    private const int MostRows = 10_000;

    internal static void WriteMany(Utf8JsonWriter json, Look look, GoroutineQuery search, string sort, int limit, GoDumpOptions options)
    {
        List<G> found = search.IsAll ? look.Goroutines : look.Goroutines.FindAll(g => search.Matches(look, g));
        IEnumerable<G> sorted = sort switch
        {
            "age" => found.OrderByDescending(look.AgeOf).ThenBy(static g => g.Id),
            "id" => found.OrderBy(static g => g.Id),
            _ => throw new FormatException($"Goroutines can't be sorted by \"{sort}\", but by age and id."),
        };
        json.WriteStartObject();
        json.WriteNumber("count"u8, found.Count);
        json.WriteStartArray("rows"u8);
        foreach (G g in sorted.Take(Math.Min(limit, MostRows)))
        {
            if (g.Status is var status and not GStatus.Dead)
            {
                Json.Write(json, look, g, status, options);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void WriteOne(Utf8JsonWriter json, Look look, G g, GStatus status, GoDumpOptions options)
    {
        json.WriteStartObject();
        json.WritePropertyName("goroutine"u8);
        Json.Write(json, look, g, status, options);
        StringBuilder text = new();
        Traceback.Append(text, g, status, look.Now);
        json.WriteString("text"u8, options.FullPaths || g.CreatedFile is not { Length: > 0 } file ? text.ToString() : text.Replace(file, Sites.Cut(file)).ToString());
        WriteList(json, look, "holders"u8, Inspection.TargetOf(g, out _) is { } target ? look.HoldersOf(target) : []);
        WriteList(json, look, "holds"u8, WaitingFor(look, g));
        WriteList(json, look, "children"u8, look.Goroutines.Where(each => HolderMark.IdIn(look.Scheduler, SpawnNotes.Of(each)?.Parent ?? 0) == g.Id));
        json.WriteEndObject();
    }

    /// <summary>Returns the goroutines that wait for something that this goroutine holds.</summary>
    private static IEnumerable<G> WaitingFor(Look look, G g)
    {
        // Many goroutines wait for few locks: each lock is asked once who holds it.
        Dictionary<object, bool> held = new(ReferenceEqualityComparer.Instance);
        foreach (G each in look.Goroutines)
        {
            if (each.Status == GStatus.Waiting && each.Reason is WaitReason.MutexLock or WaitReason.RWMutexLock or WaitReason.RWMutexReadLock or WaitReason.Join or WaitReason.OnceDo or WaitReason.SingleFlightDo
                && Inspection.TargetOf(each, out _) is { } target)
            {
                if (!held.TryGetValue(target, out bool isHeld))
                {
                    held[target] = isHeld = look.HoldersOf(target).Contains(g);
                }

                if (isHeld)
                {
                    yield return each;
                }
            }
        }
    }

    private static void WriteList(Utf8JsonWriter json, Look look, ReadOnlySpan<byte> name, IEnumerable<G> goroutines)
    {
        json.WriteStartArray(name);
        foreach (G g in goroutines.Take(100))
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, g.Id);
            json.WriteString("name"u8, Traceback.NameOf(g));
            json.WriteString("state"u8, Traceback.Word(g.Status));
            json.WriteString("reason"u8, g.Status == GStatus.Waiting ? g.Reason.Text() : "");
            json.WriteNumber("waitNanoseconds"u8, look.AgeOf(g));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
