using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>Writes a trace in speedscope's file format: an evented profile for each P. Its frames are the bodies of the
/// goroutines.</summary>
internal static class SpeedscopeTrace
{
    internal static void Write(TraceModel model, Stream stream)
    {
        Dictionary<ushort, int> frames = [];
        foreach (TraceTurn turn in model.Turns)
        {
            frames.TryAdd(turn.Site, frames.Count);
        }

        Formats.SourcePaths paths = new(frames.Keys.Select(static site => TraceSites.Get(site).File));
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "Goroutines.Diagnostics");
        json.WriteString("name", "goroutines");
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (ushort number in frames.Keys)
        {
            TraceSite site = TraceSites.Get(number);
            json.WriteStartObject();
            json.WriteString("name", site.Name);
            if (site.File.Length != 0)
            {
                json.WriteString("file", paths.Cut(site.File));
                json.WriteNumber("line", site.Line);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        foreach (int proc in model.Procs)
        {
            WriteProc(json, model, proc, frames);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProc(Utf8JsonWriter json, TraceModel model, int proc, Dictionary<ushort, int> frames)
    {
        json.WriteStartObject();
        json.WriteString("type", "evented");
        json.WriteString("name", $"P {proc}");
        json.WriteString("unit", "nanoseconds");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", model.End - model.Begin);
        json.WriteStartArray("events");
        foreach (TraceTurn turn in model.Turns)
        {
            if (turn.Proc == proc && !turn.IsBlocking)
            {
                WriteEvent(json, "O", turn.Begin - model.Begin, frames[turn.Site]);
                WriteEvent(json, "C", turn.End - model.Begin, frames[turn.Site]);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, string type, long at, int frame)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("at", at);
        json.WriteNumber("frame", frame);
        json.WriteEndObject();
    }
}
