using System.Text.Json;

namespace Goroutines.Diagnostics;

/// <summary>Writes the channels and locks that goroutines wait for. Others are unknown, since there is no list of all objects.</summary>
internal static class ObjectsView
{
    private const int MostRows = 500;

    internal static void Write(Utf8JsonWriter json, Look look, GoroutineQuery search, GoDumpOptions options)
    {
        IEnumerable<ObjectView> views = look.Objects.Values;
        if (!search.IsAll)
        {
            views = views.Where(view => view.Others.Exists(g => search.Matches(look, g)) || view.Senders.Exists(g => search.Matches(look, g)));
        }

        List<ObjectView> found = [.. views];
        json.WriteStartObject();
        json.WriteNumber("count"u8, found.Count);
        json.WriteBoolean("complete"u8, !look.IsTooLarge);
        json.WriteStartArray("rows"u8);
        foreach (ObjectView view in found.OrderByDescending(static view => view.Waiters).ThenByDescending(static view => view.Oldest).Take(MostRows))
        {
            json.WriteStartObject();
            json.WritePropertyName("object"u8);
            Json.WriteTarget(json, look, view.Target, options.ShowNames);
            json.WriteNumber("senders"u8, view.Senders.Count);
            json.WriteNumber("waiters"u8, view.Others.Count);
            json.WriteNumber("oldest"u8, view.Oldest);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
