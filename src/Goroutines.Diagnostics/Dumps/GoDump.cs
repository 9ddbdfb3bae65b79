using System.Text;
using System.Text.Json;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Writes what every goroutine of a runtime is doing, as Go's text or as JSON.</summary>
/// <remarks>Safe from any thread. Nothing is stopped, and nothing is awaited from goroutines: each is read at a moment of its own, and the dump is written in
/// pieces, so that a million goroutines need no memory for the text. An argument or a channel's value is never written.</remarks>
public static class GoDump
{
    /// <summary>The schema that <see cref="WriteJsonAsync"/> keeps to: docs/goroutines.v1.schema.json.</summary>
    public const string JsonSchemaId = "goroutines.v1";

    private const int RowsAtOnce = 64;

    /// <summary>Writes the goroutines in the form of a Go traceback, as <see cref="GoRuntime.Dump"/>, labels as Go 1.27 does.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="destination">Where to, in UTF-8. It is left open.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="cancellationToken">Ends the dump between two goroutines.</param>
    /// <returns>A task that ends when all is written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="runtime"/> or <paramref name="destination"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><see cref="GoDumpOptions.Query"/> is not understood.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; part of the dump is written.</exception>
    public static ValueTask WriteTextAsync(GoRuntime runtime, Stream destination, GoDumpOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new GoDumpOptions();
        GoroutineQuery query = GoroutineQuery.Parse(options.Query);
        return WriteTextOfAsync(Look.At(runtime), destination, query, options, cancellationToken);
    }

    /// <summary>Writes the goroutines as one JSON object, in UTF-8, which the schema <see cref="JsonSchemaId"/> describes.</summary>
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

    /// <summary>Labels in a traceback's header (runtime/traceback.go: <c>goroutineheader</c>).</summary>
    private static string LabelsOf(G g)
        => SpawnNotes.LabelsOf(g) is { All.Count: > 0 } labels
            ? $" labels:{{{string.Join(", ", labels.All.Select(static label => $"{Quoted(label.Key)}: {Quoted(label.Value)}"))}}}"
            : "";

    /// <summary>A text as it is, or quoted where it could be taken for something else.</summary>
    private static string Quoted(string text)
        => text.Length != 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@' or '+') ? text : $"\"{JsonEncodedText.Encode(text)}\"";
}
