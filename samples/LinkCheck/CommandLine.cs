using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LinkCheck;

/// <summary>The command line: its arguments, its help, its errors.</summary>
internal static class CommandLine
{
    private const string Description = """
        Crawls a site from its start page and reports the links and fragments that lead nowhere.

        Pages in the start page's folder and below are crawled. Links that lead out of it are looked up once each and not followed further.
        Every host is asked for its robots.txt, and requests to it are bounded in number and rate. Progress appears when stderr is a terminal.

        Exit codes:
          0    every link leads somewhere
          1    some links are broken
          2    wrong arguments
          3    the start page is no HTML page that can be read
          130  interrupted with Ctrl+C or SIGTERM; the report covers what was checked by then
        """;

    private static readonly CheckOptions s_defaults = new(new Uri("http://localhost/"));

    /// <summary>Parses the arguments and runs the program.</summary>
    /// <returns>The exit code.</returns>
    internal static int Invoke(string[] args, Func<CheckOptions, int> run)
    {
        var start = new Argument<Uri>("URL")
        {
            Description = "The start page, over http or https.",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https")
                {
                    return uri;
                }

                result.AddError($"not a URL with http or https: {result.Tokens[0].Value}");
                return null;
            },
        };
        Option<int> parallel = Number("--parallel", "Requests under way at a time, over all hosts.", s_defaults.Parallel, 1, 1000);
        Option<int> perHost = Number("--per-host", "Requests under way at a time at one host.", s_defaults.PerHost, 1, 100);
        Option<double> rate = Seconds("--interval", "Least time in seconds between two requests at one host.", s_defaults.Interval.TotalSeconds);
        Option<double> timeout = Seconds("--timeout", "Time in seconds that one attempt may take.", s_defaults.Timeout.TotalSeconds);
        Option<int> retries = Number("--retries", "Repetitions of a request that failed in a way that may pass.", s_defaults.Retries, 0, 10);
        Option<int> maxPages = Number("--max-pages", "Pages to crawl at most.", s_defaults.MaxPages, 1, 10_000_000);
        var noExternal = new Option<bool>("--no-external") { Description = "Do not look up links that lead out of the site." };
        var noRobots = new Option<bool>("--no-robots") { Description = "Do not ask for robots.txt. For sites of your own." };
        var json = new Option<bool>("--json") { Description = "Report as JSON." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress." };

        var command = new RootCommand(Description) { start, parallel, perHost, rate, timeout, retries, maxPages, noExternal, noRobots, json, quiet };
        command.SetAction(parsed => run(new CheckOptions(parsed.GetRequiredValue(start))
        {
            Parallel = parsed.GetValue(parallel),
            PerHost = parsed.GetValue(perHost),
            Interval = TimeSpan.FromSeconds(parsed.GetValue(rate)),
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            Retries = parsed.GetValue(retries),
            MaxPages = parsed.GetValue(maxPages),
            External = !parsed.GetValue(noExternal),
            Robots = !parsed.GetValue(noRobots),
            Json = parsed.GetValue(json),
            Quiet = parsed.GetValue(quiet),
        }));

        ParseResult result = command.Parse(args);
        if (result.Action is not ParseErrorAction)
        {
            return result.Invoke();
        }

        foreach (ParseError error in result.Errors)
        {
            Console.Error.WriteLine($"linkcheck: {error.Message}");
        }

        Console.Error.WriteLine("Try --help.");
        return ExitCode.Usage;
    }

    private static Option<int> Number(string name, string description, int standard, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (!int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
            {
                result.AddError($"{name} must be a number from {least} to {most}");
            }

            return value;
        },
    };

    private static Option<double> Seconds(string name, string description, double standard) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (!double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value) || value is not (>= 0 and <= 3600))
            {
                result.AddError($"{name} must be a number of seconds from 0 to 3600");
            }

            return value;
        },
    };
}
