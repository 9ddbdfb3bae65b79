using System.Runtime.InteropServices;
using System.Text.Json;

namespace Goroutines.Diagnostics.Profiles;

/// <summary>Writes a profile as JSON: as the tree of a flame graph, or in speedscope's format.</summary>
internal static class ProfileJson
{
    /// <summary>The deepest level of a tree. Methods further in are left out, since writers and readers limit the nesting of
    /// JSON.</summary>
    private const int DeepestTree = 200;

    internal static void WriteFlame(GoProfile profile, bool hasDelays, Stream stream)
    {
        Node root = new(new GoProfileFrame(profile.Name, "", 0));
        foreach (GoProfileSample sample in profile.Samples)
        {
            long value = ValueOf(sample, hasDelays);
            Node node = root;
            node.Value += value;
            for (int i = sample.Stack.Count - 1; i >= Math.Max(0, sample.Stack.Count - DeepestTree); i--)
            {
                node = node.Child(sample.Stack[i]);
                node.Value += value;
            }

            // The wait reason becomes the innermost frame: it is what a reader of a flame graph of goroutines looks for.
            if (sample.Labels.FirstOrDefault(static label => label.Key == "reason").Value is { Length: not 0 } reason)
            {
                node.Child(new GoProfileFrame($"[{reason}]", "", 0)).Value += value;
            }
        }

        using Utf8JsonWriter json = new(stream);
        Write(json, root);
    }

    internal static void WriteSpeedscope(GoProfile profile, bool hasDelays, Stream stream)
    {
        Dictionary<GoProfileFrame, int> frames = [];
        foreach (GoProfileFrame frame in profile.Samples.SelectMany(static sample => sample.Stack))
        {
            frames.TryAdd(frame, frames.Count);
        }

        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "Goroutines.Diagnostics");
        json.WriteString("name", profile.Name);
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (GoProfileFrame frame in frames.Keys)
        {
            json.WriteStartObject();
            WriteFrame(json, frame);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", profile.Name);
        json.WriteString("unit", hasDelays ? "nanoseconds" : "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", profile.Samples.Sum(sample => Math.Max(0, ValueOf(sample, hasDelays))));
        json.WriteStartArray("samples");
        foreach (GoProfileSample sample in profile.Samples)
        {
            json.WriteStartArray();
            foreach (GoProfileFrame frame in sample.Stack.Reverse())
            {
                json.WriteNumberValue(frames[frame]);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (GoProfileSample sample in profile.Samples)
        {
            json.WriteNumberValue(Math.Max(0, ValueOf(sample, hasDelays)));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static long ValueOf(GoProfileSample sample, bool hasDelays) => hasDelays ? sample.Delay.Ticks * 100 : sample.Count;

    private static void Write(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        WriteFrame(json, node.Frame);
        json.WriteNumber("value", node.Value);
        if (node.Children.Count != 0)
        {
            json.WriteStartArray("children");
            foreach (Node child in node.Children.Values.OrderByDescending(static child => child.Value))
            {
                Write(json, child);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteFrame(Utf8JsonWriter json, GoProfileFrame frame)
    {
        json.WriteString("name", frame.Method);
        if (frame.File.Length != 0)
        {
            json.WriteString("file", frame.File);
            json.WriteNumber("line", frame.Line);
        }
    }

    private sealed class Node(GoProfileFrame frame)
    {
        internal readonly GoProfileFrame Frame = frame;
        internal readonly Dictionary<GoProfileFrame, Node> Children = [];
        internal long Value;

        internal Node Child(GoProfileFrame child)
        {
            ref Node? node = ref CollectionsMarshal.GetValueRefOrAddDefault(Children, child, out _);
            return node ??= new Node(child);
        }
    }
}
