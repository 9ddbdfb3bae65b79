using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Goroutines.WebComparison;

/// <summary>The generators: wrk for as much as the server takes, h2load for a fixed rate.</summary>
internal static partial class Load
{
    /// <summary>Saturates the server over 64 connections.</summary>
    /// <returns>Requests a second, processor microseconds a request, 50th and 99th percentile in milliseconds.</returns>
    internal static async Task<Sample> SaturateAsync(Server server, string path, int seconds)
    {
        Cost before = await server.CostAsync();
        string said = await RunAsync("wrk", "-t1", "-c64", $"-d{seconds}s", "--latency", server.Uri + path.TrimStart('/'));
        Cost after = await server.CostAsync();
        Match total = Total().Match(said);
        double requests = Parse(total.Groups[1].Value);
        if (said.Contains("Non-2xx", StringComparison.Ordinal) || said.Contains("Socket errors", StringComparison.Ordinal) || requests == 0)
        {
            throw new InvalidOperationException($"{server.Name}{path} has failed requests:\n{said}");
        }

        return new Sample(
            Parse(Rate().Match(said).Groups[1].Value),
            (after.Microseconds - before.Microseconds) / requests,
            Milliseconds(Percentile("50").Match(said)),
            Milliseconds(Percentile("99").Match(said)));
    }

    /// <summary>Sends 10,000 requests a second over 100 connections.</summary>
    /// <returns>Requests a second, processor microseconds a request, 50th, 99th and 99.9th percentile in milliseconds.</returns>
    internal static async Task<Sample> SendAtARateAsync(Server server, string path, int seconds)
    {
        const int Connections = 100;
        const int Rate = 10_000;
        string log = Path.GetTempFileName();
        try
        {
            File.Delete(log);
            Cost before = await server.CostAsync();
            string said = await RunAsync("h2load", "--h1", "-t1", $"-c{Connections}", $"--rps={Rate / Connections}", $"-D{seconds}", $"--log-file={log}", server.Uri + path.TrimStart('/'));
            Cost after = await server.CostAsync();

            // Each line: when it began, its status, how long it took, in microseconds.
            string[][] lines = [.. File.ReadLines(log).Select(static line => line.Split('\t'))];
            long[] times = [.. lines.Select(static line => long.Parse(line[2], CultureInfo.InvariantCulture)).Order()];
            if (times.Length == 0 || lines.Any(static line => line[1] != "200"))
            {
                throw new InvalidOperationException($"{server.Name}{path} has failed requests:\n{said}");
            }

            return new Sample((double)times.Length / seconds, (double)(after.Microseconds - before.Microseconds) / times.Length, At(0.5), At(0.99), At(0.999));

            double At(double share) => times[(int)(share * (times.Length - 1))] / 1000.0;
        }
        finally
        {
            File.Delete(log);
        }
    }

    /// <summary>Saturates the server with HTTP/2 over TLS: 16 connections with 10 streams each.</summary>
    /// <returns>Requests a second, processor microseconds a request.</returns>
    internal static async Task<Sample> MultiplexAsync(Server server, string path, int seconds)
    {
        Cost before = await server.CostAsync();
        string said = await RunAsync("h2load", "-t1", "-c16", "-m10", $"-D{seconds}", server.Uri + path.TrimStart('/'));
        Cost after = await server.CostAsync();
        double requests = Parse(Succeeded().Match(said).Groups[1].Value);
        if (requests == 0 || !said.Contains(" 0 failed, 0 errored", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{server.Name}{path} has failed requests:\n{said}");
        }

        return new Sample(requests / seconds, (after.Microseconds - before.Microseconds) / requests);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program} has failed:\n{said}");
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Milliseconds(Match match) => Parse(match.Groups[1].Value) * (match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 });

    private static Regex Percentile(string which) => new($@"^\s+{which}%\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline);

    [GeneratedRegex(@"(\d+) succeeded")]
    private static partial Regex Succeeded();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Total();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();
}
