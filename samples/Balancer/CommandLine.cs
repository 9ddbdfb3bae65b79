using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Balancer;

/// <summary>The command line: its options, its help, its errors.</summary>
internal static class CommandLine
{
    private const int UsageExitCode = 2;

    private const string Description = """
        Balances HTTP/1.1 requests or TCP connections over backends.

        A backend is out while its health checks fail, and for a while after requests to it failed in a row. Requests that may be sent twice (GET, HEAD,
        OPTIONS, PUT and DELETE without a body) and fail before any of an answer has been passed on are sent to another one.
        A malformed answer is a failure.

        The admin address answers /metrics in Prometheus' text format, and /healthz with 200, or with 503 while it drains or has no backend.

        Exit codes: 0 drained as asked, 1 it can't listen or did not drain in time, 2 wrong options.
        """;

    /// <summary>Parses the arguments and runs the program.</summary>
    /// <returns>The exit code.</returns>
    internal static int Invoke(string[] args, Func<BalancerOptions, int> run)
    {
        var standard = new BalancerOptions { Backends = [] };
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", HelpName = "ADDRESS", DefaultValueFactory = _ => standard.Listen };
        var backends = new Option<string[]>("--backend") { Description = "Address of a backend; once for each.", HelpName = "ADDRESS", Required = true };
        var tcp = new Option<bool>("--tcp") { Description = "Balance connections, whatever they carry." };
        var least = new Option<bool>("--least-connections") { Description = "Choose the backend with the fewest under way, not each in turn." };
        var admin = new Option<string?>("--admin") { Description = "Address of /metrics and /healthz.", HelpName = "ADDRESS" };
        var health = new Option<string?>("--health") { Description = "Path that a healthy backend answers; without it a connection is enough.", HelpName = "PATH" };
        Option<double> interval = Seconds("--health-interval", "Time between two checks of a backend.", standard.HealthInterval);
        Option<double> timeout = Seconds("--timeout", "Time that a backend may take to answer, or to go on.", standard.Timeout);
        Option<double> dial = Seconds("--dial-timeout", "Time that a dial may take.", standard.DialTimeout);
        Option<double> idle = Seconds("--idle-timeout", "Time that a connection may lie idle.", standard.IdleTimeout);
        Option<double> delay = Seconds("--drain-delay", "Time to go on accepting after SIGTERM.", standard.DrainDelay);
        Option<double> drain = Seconds("--drain-timeout", "Time that requests under way then have to end.", standard.DrainTimeout);

        var command = new RootCommand(Description) { listen, backends, tcp, least, admin, health, interval, timeout, dial, idle, delay, drain };
        command.SetAction(parsed => run(new BalancerOptions
        {
            Listen = parsed.GetRequiredValue(listen),
            Backends = parsed.GetRequiredValue(backends),
            IsTcp = parsed.GetValue(tcp),
            Policy = parsed.GetValue(least) ? Policy.LeastConnections : Policy.RoundRobin,
            Admin = parsed.GetValue(admin),
            HealthPath = parsed.GetValue(health),
            HealthInterval = TimeSpan.FromSeconds(parsed.GetValue(interval)),
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            DialTimeout = TimeSpan.FromSeconds(parsed.GetValue(dial)),
            IdleTimeout = TimeSpan.FromSeconds(parsed.GetValue(idle)),
            DrainDelay = TimeSpan.FromSeconds(parsed.GetValue(delay)),
            DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drain)),
        }));

        ParseResult result = command.Parse(args);
        if (result.Action is not ParseErrorAction)
        {
            return result.Invoke();
        }

        foreach (ParseError error in result.Errors)
        {
            Console.Error.WriteLine($"balancer: {error.Message}");
        }

        Console.Error.WriteLine("Try --help.");
        return UsageExitCode;
    }

    private static Option<double> Seconds(string name, string description, TimeSpan standard) => new(name)
    {
        Description = $"{description} In seconds.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => standard.TotalSeconds,
        CustomParser = result =>
        {
            double least = name == "--drain-delay" ? 0 : 0.001;
            if (!double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value) || !(value >= least && value <= 86_400))
            {
                result.AddError($"{name} must be a number of seconds from {least.ToString(CultureInfo.InvariantCulture)} to 86400");
            }

            return value;
        },
    };
}
