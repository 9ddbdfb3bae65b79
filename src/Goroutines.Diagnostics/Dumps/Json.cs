using System.Text.Encodings.Web;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes goroutines, and what they wait for, as JSON according to the schema <c>goroutines.v1</c>.</summary>
internal static class Json
{
    /// <summary>The output is always parsed as JSON and never embedded in a page, so no escapes beyond JSON's are needed.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Write(Utf8JsonWriter json, Look look, G g, GStatus status, GoDumpOptions options)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, g.Id);
        json.WriteString("name"u8, Traceback.NameOf(g));
        json.WriteString("state"u8, Traceback.Word(status));
        if (status == GStatus.Waiting)
        {
            json.WriteString("reason"u8, g.Reason.Text());
            json.WriteNumber("waitNanoseconds"u8, Math.Max(0, look.Now - g.ParkedAt));
        }

        WriteSite(json, g, options.FullPaths);
        json.WriteBoolean("stackful"u8, g.IsStackful);
        if (SpawnNotes.Of(g) is { } notes)
        {
            long parent = HolderMark.IdIn(look.Scheduler, notes.Parent);
            if (parent != 0)
            {
                json.WriteNumber("parent"u8, parent);
            }
        }

        if (options.ShowLabels && SpawnNotes.LabelsOf(g) is { All.Count: > 0 } labels)
        {
            json.WriteStartObject("labels"u8);
            foreach ((string key, string value) in labels.All)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        if (g.Owner?.Group is IWaitable group)
        {
            json.WritePropertyName("group"u8);
            WriteObject(json, look, group, group.Inspect(), options.ShowNames, withState: false);
        }

        if (Inspection.TargetOf(g, out bool hasToken) is { } target)
        {
            json.WritePropertyName("waitingOn"u8);
            WriteTarget(json, look, target, options.ShowNames);
            json.WriteBoolean("cancellable"u8, hasToken);
        }

        json.WriteStartArray("stack"u8);
        foreach (string frame in AsyncStack.Frames(g))
        {
            json.WriteStringValue(frame);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static void WriteSite(Utf8JsonWriter json, G g, bool fullPaths)
    {
        json.WriteStartObject("createdAt"u8);
        if (g.CreatedFile is { Length: > 0 } file)
        {
            json.WriteString("file"u8, fullPaths ? file : Sites.Cut(file));
            json.WriteNumber("line"u8, g.CreatedLine);
        }
        else
        {
            json.WriteString("method"u8, Traceback.NameOf(g));
        }

        json.WriteEndObject();
    }

    internal static void WriteTarget(Utf8JsonWriter json, Look look, object target, bool showNames)
    {
        if (target is G joined)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, "goroutine");
            json.WriteNumber("id"u8, joined.Id);
            json.WriteString("type"u8, "Goroutine");
            json.WriteStartArray("holders"u8);
            if (ReferenceEquals(joined.Scheduler, look.Scheduler))
            {
                json.WriteNumberValue(joined.Id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            return;
        }

        WriteObject(json, look, target, ((IWaitable)target).Inspect(), showNames, withState: true);
    }

    internal static void WriteObject(Utf8JsonWriter json, Look look, object target, WaitableState state, bool showNames, bool withState)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, state.Kind);
        json.WriteNumber("id"u8, Inspection.NumberOf(target, state));
        if (showNames && ObjectNames.NameOf(target) is { } name)
        {
            json.WriteString("name"u8, name);
        }

        json.WriteString("type"u8, state.Type);
        if (withState)
        {
            WriteState(json, look, target, state, showNames);
        }

        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, Look look, object target, WaitableState state, bool showNames)
    {
        if (state.Count is { } count)
        {
            json.WriteNumber("count"u8, count);
        }

        if (state.Capacity is { } capacity)
        {
            json.WriteNumber("capacity"u8, capacity);
        }

        if (state.Kind is "channel" or "once" or "singleflight")
        {
            json.WriteBoolean("closed"u8, state.IsClosed);
        }

        if (state.IsHeld is { } held)
        {
            json.WriteBoolean("held"u8, held);
        }

        json.WriteBoolean("endsByItself"u8, state.EndsByItself);
        json.WriteStartArray("holders"u8);
        foreach (G holder in look.HoldersOf(target).Take(100))
        {
            json.WriteNumberValue(holder.Id);
        }

        json.WriteEndArray();
        if (state.Kind != "select")
        {
            return;
        }

        json.WriteStartArray("cases"u8);
        foreach ((object channel, bool sends) in state.Cases.Take(100))
        {
            json.WriteStartObject();
            json.WriteString("direction"u8, sends ? "send" : "receive");
            json.WritePropertyName("channel"u8);
            WriteObject(json, look, channel, ((IWaitable)channel).Inspect(), showNames, withState: false);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
