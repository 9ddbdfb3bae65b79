using System.Text;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes what every goroutine of a runtime is doing, in Go's text format or as JSON.</summary>
/// <remarks>All members are safe to call from any thread. No goroutine is stopped or waited for, so goroutines are read at different
/// moments. The dump is written in pieces, so that the text of a million goroutines is never in memory as a whole. Arguments and the values
/// of channels are never written.</remarks>
public static class GoDump
{
    /// <summary>The schema that the output of <see cref="WriteJsonAsync"/> conforms to: docs/goroutines.v1.schema.json.</summary>
    public const string JsonSchemaId = "goroutines.v1";

    private const int RowsAtOnce = 64;

    /// <summary>Writes the goroutines as a Go traceback, like <see cref="GoRuntime.Dump"/>, with labels as in Go 1.27.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="destination">The stream to write to, in UTF-8. It stays open.</param>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the dump between two writes.</param>
    /// <returns>A task that completes when everything is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> or <paramref name="destination"/> is
    /// <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><see cref="GoDumpOptions.Query"/> is invalid.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; part of the dump may have been written.</exception>
    public static ValueTask WriteTextAsync(GoRuntime runtime, Stream destination, GoDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new GoDumpOptions();
        GoroutineQuery query = GoroutineQuery.Parse(options.Query);
        return WriteTextOfAsync(Look.At(runtime), destination, query, options, cancellationToken);
    }

    /// <summary>Writes the goroutines as one JSON object in UTF-8, as described by the schema <see cref="JsonSchemaId"/>.</summary>
    /// <inheritdoc cref="WriteTextAsync(GoRuntime, Stream, GoDumpOptions?, CancellationToken)"/>
    public static ValueTask WriteJsonAsync(GoRuntime runtime, Stream destination, GoDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new GoDumpOptions();
        GoroutineQuery query = GoroutineQuery.Parse(options.Query);
        return WriteJsonOfAsync(Look.At(runtime), destination, query, options, cancellationToken);
    }

    private static List<G> Choose(Look look, GoroutineQuery query, GoDumpOptions options, out bool truncated)
    {
        List<G> chosen = query.IsAll ? look.Goroutines : look.Goroutines.FindAll(g => query.Matches(look, g));
        chosen.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        truncated = chosen.Count > options.Limit;
        return truncated ? chosen[..options.Limit] : chosen;
    }

    internal static async ValueTask WriteTextOfAsync(Look look, Stream destination, GoroutineQuery query, GoDumpOptions options, CancellationToken cancellationToken)
    {
        List<G> goroutines = Choose(look, query, options, out _);
        StringBuilder text = new();
        bool first = true;
        for (int i = 0; i < goroutines.Count; i++)
        {
            G g = goroutines[i];
            GStatus status = g.Status;
            if (status != GStatus.Dead)
            {
                if (!first)
                {
                    text.AppendLine();
                }

                first = false;
                Traceback.Append(text, g, status, look.Now, options.ShowLabels ? LabelsOf(g) : "");
            }

            if (i % RowsAtOnce == RowsAtOnce - 1 || i == goroutines.Count - 1)
            {
                await destination.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken).ConfigureAwait(false);
                text.Clear();
            }
        }

        await destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static async ValueTask WriteJsonOfAsync(Look look, Stream destination, GoroutineQuery query, GoDumpOptions options, CancellationToken cancellationToken)
    {
        List<G> goroutines = Choose(look, query, options, out bool truncated);
        Utf8JsonWriter json = new(destination, Json.WriterOptions);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteString("schema"u8, JsonSchemaId);
            json.WriteString("runtime"u8, look.Scheduler.Name);
            json.WriteString("time"u8, look.Scheduler.Clock.UtcNow);
            json.WriteNumber("maxProcs"u8, look.Scheduler.MaxProcs);
            json.WriteNumber("count"u8, look.Goroutines.Count);
            json.WriteBoolean("truncated"u8, truncated);
            json.WriteStartArray("goroutines"u8);
            for (int i = 0; i < goroutines.Count; i++)
            {
                if (goroutines[i].Status is var status and not GStatus.Dead)
                {
                    Json.Write(json, look, goroutines[i], status, options);
                }

                if (i % RowsAtOnce == RowsAtOnce - 1)
                {
                    await json.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
            await json.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Formats the labels for a traceback's header (runtime/traceback.go: <c>goroutineheader</c>).</summary>
    private static string LabelsOf(G g)
        => SpawnNotes.LabelsOf(g) is { All.Count: > 0 } labels
            ? $" labels:{{{string.Join(", ", labels.All.Select(static label => $"{Quoted(label.Key)}: {Quoted(label.Value)}"))}}}"
            : "";

    /// <summary>Returns a text unchanged, or quoted if it would be ambiguous.</summary>
    private static string Quoted(string text)
        => text.Length != 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@' or '+') ? text : $"\"{JsonEncodedText.Encode(text)}\"";
}
