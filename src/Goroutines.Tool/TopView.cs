using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Goroutines.Tool;

/// <summary>The view of <c>goroutines top</c>: what there is, findings, and the groups of goroutines.</summary>
internal static class TopView
{
    private const int MostRows = 25;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    internal static async Task<int> RunAsync(int process, bool once, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (once || !console.Profile.Capabilities.Ansi)
        {
            console.Write((await ViewAsync(target, null, cancellationToken).ConfigureAwait(false)).View);
            return 0;
        }

        await console.Live(new Text("")).StartAsync(async live =>
        {
            Sample? last = null;
            using PeriodicTimer timer = new(s_period);
            do
            {
                (IRenderable view, last) = await ViewAsync(target, last, cancellationToken).ConfigureAwait(false);
                live.UpdateTarget(view);
                live.Refresh();
            }
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return 0;
    }

    private static async Task<(IRenderable View, Sample Sample)> ViewAsync(Target target, Sample? last, CancellationToken cancellationToken)
    {
        JsonElement overview = await target.GetJsonAsync("api/overview", cancellationToken).ConfigureAwait(false);
        JsonElement groups = await target.GetJsonAsync("api/groups", cancellationToken).ConfigureAwait(false);
        Sample now = new(overview.GetProperty("nanoseconds").GetInt64(), overview.GetProperty("turns").GetInt64(), overview.GetProperty("spawned").GetInt64());
        Table table = new Table().Border(TableBorder.Simple).Expand()
            .AddColumn(new TableColumn("goroutines").RightAligned()).AddColumn("state").AddColumn(new TableColumn("oldest").RightAligned()).AddColumn("method").AddColumn("created at");
        foreach (JsonElement row in groups.GetProperty("rows").EnumerateArray().Take(MostRows))
        {
            string reason = row.GetProperty("reason").GetString()!;
            table.AddRow(
                Markup.Escape(row.GetProperty("count").GetInt64().ToString("N0", CultureInfo.InvariantCulture)),
                Markup.Escape(reason.Length == 0 ? row.GetProperty("state").GetString()! : reason),
                Markup.Escape(Age(row.GetProperty("oldest").GetInt64())),
                Markup.Escape(row.GetProperty("name").GetString()!),
                Markup.Escape(row.GetProperty("site").GetString()!));
        }

        return (new Rows([Head(target, overview, last, now), .. Findings(overview), table]), now);
    }

    private static Markup Head(Target target, JsonElement overview, Sample? last, Sample now)
    {
        string rates = last is { } before && now.Nanoseconds > before.Nanoseconds
            ? string.Create(CultureInfo.InvariantCulture, $", {PerSecond(now.Turns - before.Turns, before, now):N0} turns/s, {PerSecond(now.Spawned - before.Spawned, before, now):N0} started/s")
            : "";
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Commands.NameOf(target.ProcessId)} ({target.ProcessId}), runtime {overview.GetProperty("runtime").GetString()}: {overview.GetProperty("count").GetInt64():N0} goroutines, "
            + $"{overview.GetProperty("queued").GetInt64():N0} runnable, {overview.GetProperty("maxProcs").GetInt64() - overview.GetProperty("idleProcs").GetInt64()} of {overview.GetProperty("maxProcs").GetInt64()} processors busy{rates}");
        return new Markup($"[bold]{Markup.Escape(text)}[/]");
    }

    private static IEnumerable<IRenderable> Findings(JsonElement overview)
        => overview.GetProperty("findings").EnumerateArray().Take(5).Select(static finding => new Markup(
            $"[{(finding.GetProperty("certainty").GetString() == "proved" ? "red" : "yellow")}]{Markup.Escape(finding.GetProperty("title").GetString()!)}[/]"));

    private static double PerSecond(long change, Sample before, Sample now) => change * 1e9 / (now.Nanoseconds - before.Nanoseconds);

    private static string Age(long nanoseconds)
    {
        TimeSpan age = TimeSpan.FromTicks(nanoseconds / 100);
        return age.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:F1} h")
            : age.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:F1} min")
            : string.Create(CultureInfo.InvariantCulture, $"{age.TotalSeconds:F1} s");
    }

    private sealed record Sample(long Nanoseconds, long Turns, long Spawned);
}
