using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Goroutines.Tool;

/// <summary>The view of <c>goroutines top</c>: counts, findings and the groups of goroutines. In a terminal it takes the whole screen, like
/// <c>top</c>, and reads the keys q, p and s; otherwise it is written once.</summary>
internal static class TopView
{
    private const int RowsElsewhere = 25;
    private const int WidthElsewhere = 180;
    private const int MostFindings = 5;

    /// <summary>The lines for the head, the table's header and the keys.</summary>
    private const int OtherLines = 6;
    private const int LeastRows = 3;

    private const string EnterScreen = "\u001b[?1049h\u001b[?25l";
    private const string LeaveScreen = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string ClearLine = "\u001b[K";
    private const string ClearBelow = "\u001b[J";

    private static readonly TimeSpan s_keys = TimeSpan.FromMilliseconds(50);

    internal static async Task<int> RunAsync(int process, bool once, TimeSpan interval, bool byAge, string? query, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (once || !console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Ansi)
        {
            console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
            console.Profile.Width = WidthElsewhere;
            console.Write((await ViewAsync(target, null, byAge, query, RowsElsewhere, WidthElsewhere, cancellationToken).ConfigureAwait(false)).View);
            return 0;
        }

        await output.WriteAsync(EnterScreen).ConfigureAwait(false);
        try
        {
            await RefreshAsync(target, console, interval, byAge, query, output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await output.WriteAsync(LeaveScreen).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task RefreshAsync(Target target, IAnsiConsole console, TimeSpan interval, bool byAge, string? query, TextWriter output, CancellationToken cancellationToken)
    {
        Sample? last = null;
        bool paused = false;
        while (true)
        {
            if (!paused)
            {
                int height = Math.Max(OtherLines + LeastRows, console.Profile.Height);
                (IRenderable view, last) = await ViewAsync(target, last, byAge, query, height - OtherLines, console.Profile.Width, cancellationToken).ConfigureAwait(false);
                await DrawAsync(console, view, byAge, height, output).ConfigureAwait(false);
            }

            long until = Environment.TickCount64 + (long)interval.TotalMilliseconds;
            bool draw = false;
            while (!draw && Environment.TickCount64 < until)
            {
                switch (ReadKey())
                {
                    case 'q' or 'Q':
                        return;
                    case 'p' or 'P' or ' ':
                        paused = !paused;
                        draw = !paused;
                        break;
                    case 's' or 'S':
                        byAge = !byAge;
                        paused = false;
                        draw = true;
                        break;
                    default:
#pragma warning disable RS0030 // real time: polls a terminal's keys
                        await Task.Delay(s_keys, cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
                        break;
                }
            }
        }
    }

    /// <summary>Redraws in place, line by line, to avoid flicker.</summary>
    private static async Task DrawAsync(IAnsiConsole console, IRenderable view, bool byAge, int height, TextWriter output)
    {
        using StringWriter text = new();
        IAnsiConsole page = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard });
        page.Profile.Width = console.Profile.Width;
        page.Write(view);
        IEnumerable<string> lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Take(height - 1)
            .Append($"\u001b[2mq quit · p pause · s sort (by {(byAge ? "oldest" : "count")})\u001b[0m");
        await output.WriteAsync(Home + string.Join($"{ClearLine}\r\n", lines) + ClearLine + ClearBelow).ConfigureAwait(false);
        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static char ReadKey() => !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true).KeyChar : '\0';

    private static async Task<(IRenderable View, Sample Sample)> ViewAsync(Target target, Sample? last, bool byAge, string? query, int most, int width, CancellationToken cancellationToken)
    {
        JsonElement overview = await target.GetJsonAsync("api/overview", cancellationToken).ConfigureAwait(false);
        JsonElement groups = await target.GetJsonAsync(query is null ? "api/groups" : $"api/groups?q={Uri.EscapeDataString(query)}", cancellationToken).ConfigureAwait(false);
        Sample now = new(overview.GetProperty("nanoseconds").GetInt64(), overview.GetProperty("turns").GetInt64(), overview.GetProperty("spawned").GetInt64());
        Table table = new Table().Border(TableBorder.None).Expand()
            .AddColumn(new TableColumn("[invert]goroutines[/]").RightAligned().NoWrap()).AddColumn(new TableColumn("[invert]state[/]").NoWrap())
            .AddColumn(new TableColumn("[invert]oldest[/]").RightAligned().NoWrap()).AddColumn("[invert]method[/]").AddColumn("[invert]created at[/]");
        IEnumerable<JsonElement> rows = groups.GetProperty("rows").EnumerateArray();
        rows = byAge ? rows.OrderByDescending(static row => row.GetProperty("oldest").GetInt64()) : rows;
        IRenderable[] findings = [.. Findings(overview, width)];
        foreach (JsonElement row in rows.Take(Math.Max(LeastRows, most - findings.Length)))
        {
            string reason = row.GetProperty("reason").GetString()!;
            table.AddRow(
                new Text(row.GetProperty("count").GetInt64().ToString("N0", CultureInfo.InvariantCulture)),
                new Text(reason.Length == 0 ? row.GetProperty("state").GetString()! : reason),
                new Text(Durations.Text(row.GetProperty("oldest").GetInt64())),
                InCell(row.GetProperty("name").GetString()!),
                InCell(row.GetProperty("site").GetString()!));
        }

        return (new Rows([Head(target, overview, last, now, width), .. findings, table]), now);
    }

    private static Text Head(Target target, JsonElement overview, Sample? last, Sample now, int width)
    {
        string rates = last is { } before && now.Nanoseconds > before.Nanoseconds
            ? string.Create(CultureInfo.InvariantCulture, $", {PerSecond(now.Turns - before.Turns, before, now):N0} turns/s, {PerSecond(now.Spawned - before.Spawned, before, now):N0} started/s")
            : "";
        return OneLine(
            string.Create(CultureInfo.InvariantCulture,
                $"{Commands.NameOf(target.ProcessId)} {target.ProcessId} ({overview.GetProperty("runtime").GetString()}): {overview.GetProperty("count").GetInt64():N0} goroutines, "
                + $"{overview.GetProperty("queued").GetInt64():N0} runnable, {overview.GetProperty("maxProcs").GetInt64() - overview.GetProperty("idleProcs").GetInt64()}/{overview.GetProperty("maxProcs").GetInt64()} busy{rates}"),
            new Style(decoration: Decoration.Bold), width);
    }

    private static IEnumerable<IRenderable> Findings(JsonElement overview, int width)
        => overview.GetProperty("findings").EnumerateArray().Take(MostFindings).Select(finding => OneLine(
            finding.GetProperty("title").GetString()!, new Style(finding.GetProperty("certainty").GetString() == "proved" ? Color.Red : Color.Yellow), width));

    private static Text OneLine(string text, Style style, int width) => new(text.Length < width ? text : $"{text.AsSpan(0, Math.Max(1, width - 2))}…", style);

    private static Text InCell(string text) => new(text) { Overflow = Overflow.Ellipsis };

    private static double PerSecond(long change, Sample before, Sample now) => change * 1e9 / (now.Nanoseconds - before.Nanoseconds);

    private sealed record Sample(long Nanoseconds, long Turns, long Spawned);
}
