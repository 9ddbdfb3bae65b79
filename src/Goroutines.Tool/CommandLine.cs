using System.CommandLine;

namespace Goroutines.Tool;

/// <summary>Defines the command line: the commands, their help and their errors.</summary>
internal static class CommandLine
{
    private const string Description = """
        Looks into running programs that use Goroutines for .NET and have called DiagnosticsSocket.Start().

        Exit codes: 0, done; 1, it could not be done, and standard error says why; 2, wrong arguments; 130, interrupted.
        """;

    /// <summary>Executes the command that the arguments name.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Build(output).Parse(args);
        if (parsed.Errors.Count != 0)
        {
            foreach (System.CommandLine.Parsing.ParseError wrong in parsed.Errors)
            {
                await error.WriteLineAsync($"goroutines: {wrong.Message}").ConfigureAwait(false);
            }

            await error.WriteLineAsync("Try --help.").ConfigureAwait(false);
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception exception) when (exception is ToolException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"goroutines: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static RootCommand Build(TextWriter output)
    {
        Argument<int> process = new("PID") { Description = "The process; see 'goroutines list'." };
        Option<string?> file = new("--output", "-o") { Description = "The file to write; standard output if it is left out.", HelpName = "FILE" };
        Option<int?> seconds = new("--seconds", "-s") { Description = "For how long, 1 to 60.", HelpName = "N" };
        seconds.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 60)
            {
                result.AddError("--seconds must be a number from 1 to 60");
            }
        });
        Command list = new("list", "Lists the processes that can be looked into.");
        list.SetAction((_, token) => Commands.ListAsync(output, token));

        Option<bool> json = new("--json") { Description = "As JSON rather than as Go's text." };
        Option<string?> query = new("--query", "-q") { Description = "Which goroutines: site:Bank.cs reason:select age>5m …", HelpName = "SEARCH" };
        Command dump = new("dump", "Writes what every goroutine is doing.") { process, json, query, file };
        dump.SetAction((result, token) => Commands.DumpAsync(result.GetValue(process), result.GetValue(json), result.GetValue(query), result.GetValue(file), output, token));

        Command leaks = new("leaks", "Has the process collect its garbage, and tells which goroutines will never go on.") { process };
        leaks.SetAction((result, token) => Commands.LeaksAsync(result.GetValue(process), output, token));

        Option<string> traceFormat = new("--format", "-f") { Description = "perfetto, speedscope, text or latency.", DefaultValueFactory = static _ => "perfetto" };
        traceFormat.AcceptOnlyFromAmong("perfetto", "speedscope", "text", "latency");
        Option<bool> flight = new("--flight") { Description = "What the process's flight recorder has, rather than a new trace." };
        Command trace = new("trace", "Takes an execution trace, for ui.perfetto.dev.") { process, seconds, flight, traceFormat, file };
        trace.SetAction((result, token) => Commands.TraceAsync(
            result.GetValue(process), result.GetValue(flight), result.GetValue(seconds) ?? 5, result.GetValue(traceFormat)!, result.GetValue(file), output, token));

        Argument<string> name = new("PROFILE") { Description = "goroutine, leak, block, mutex or spawn." };
        name.AcceptOnlyFromAmong("goroutine", "leak", "block", "mutex", "spawn");
        Option<string> profileFormat = new("--format", "-f") { Description = "pprof, speedscope or flame.", DefaultValueFactory = static _ => "pprof" };
        profileFormat.AcceptOnlyFromAmong("pprof", "speedscope", "flame");
        Command profile = new("profile", "Takes a profile, for 'go tool pprof'. With --seconds it is of that time; without, of what the process has counted.") { process, name, seconds, profileFormat, file };
        profile.SetAction((result, token) => Commands.ProfileAsync(
            result.GetValue(process), result.GetValue(name)!, result.GetValue(seconds), result.GetValue(profileFormat)!, result.GetValue(file), output, token));

        Option<bool> asJson = new("--json") { Description = "As JSON rather than as a table." };
        Command latency = new("latency", "Shows how long turns, the times before a turn and the waits were, by place: of a new trace, or of the flight recorder.") { process, seconds, flight, asJson };
        latency.SetAction((result, token) => LatencyView.RunAsync(
            result.GetValue(process), result.GetValue(flight), result.GetValue(seconds) ?? 5, result.GetValue(asJson), output, token));

        Option<bool> once = new("--once") { Description = "Writes the view once, and ends; so it does where the output is no terminal." };
        Option<double> interval = new("--interval", "-n") { Description = "How many seconds pass between two looks, 0.5 to 60.", HelpName = "SECONDS", DefaultValueFactory = static _ => 1 };
        interval.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.5 and <= 60))
            {
                result.AddError("--interval must be a number from 0.5 to 60");
            }
        });
        Option<string> sort = new("--sort") { Description = "count or oldest.", DefaultValueFactory = static _ => "count" };
        sort.AcceptOnlyFromAmong("count", "oldest");
        Command top = new("top", "Shows the groups of goroutines in the terminal, again and again. Keys: q ends, p pauses, s sorts by number or age.") { process, once, interval, sort, query };
        top.SetAction((result, token) => TopView.RunAsync(
            result.GetValue(process), result.GetValue(once), TimeSpan.FromSeconds(result.GetValue(interval)), result.GetValue(sort) == "oldest", result.GetValue(query), output, token));

        return new RootCommand(Description) { list, dump, leaks, trace, latency, profile, top };
    }
}
