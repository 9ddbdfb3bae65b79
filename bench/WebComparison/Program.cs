// Measures web servers beside each other; started by bench/web.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Goroutines.WebComparison;

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    Console.Error.WriteLine($"WebComparison: {exception.Message}");
    return 2;
}

Dictionary<string, string[]> columns = new()
{
    ["http"] = ["requests/s", "µs of processor a request", "p50 ms", "p99 ms"],
    ["http10k"] = ["requests/s", "µs of processor a request", "p50 ms", "p99 ms", "p99.9 ms"],
    ["h2"] = ["requests/s", "µs of processor a request"],
    ["idle100k"] = ["bytes a connection", "s to open", "s to wake all", "µs of processor a wake-up"],
};
columns["http5"] = columns["https"] = columns["http"];
string directory = Directory.CreateTempSubdirectory("goroutines-web-").FullName;
try
{
    StringBuilder text = new();
    text.AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, medians of {options.Rounds} rounds, load average before: {File.ReadAllText("/proc/loadavg").Trim()}\n");
    foreach (string row in options.Rows)
    {
        string table = await MeasureAsync(row);
        Console.WriteLine(table);
        text.AppendLine(table);
    }

    if (options.Out is not null)
    {
        File.AppendAllText(options.Out, text.ToString());
    }
}
finally
{
    Directory.Delete(directory, recursive: true);
}

return 0;

// The servers of a row are up together and measured in turn, so that what else the machine does hits all of them alike.
async Task<string> MeasureAsync(string row)
{
    (string Path, string Key)? certificate = row is "https" or "h2" ? MakeCertificate() : null;
    List<Server> servers = [];
    try
    {
        foreach ((string name, string program) in options.Servers)
        {
            if (certificate is not null && name is "thin" or "fasthttp")
            {
                continue; // one has no TLS, and the other no HTTP/2
            }

            servers.Add(await Server.StartAsync(name, program, certificate));
        }

        foreach (Server server in servers)
        {
            _ = row == "h2" ? await Load.MultiplexAsync(server, "/length", 2) : await Load.SaturateAsync(server, "/length", 2); // compiled code
        }

        Dictionary<Server, List<Sample>> samples = servers.ToDictionary(static server => server, static _ => new List<Sample>());
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Server server in servers)
            {
                Console.Error.WriteLine($"{row}: round {round + 1}, {server.Name}");
                samples[server].Add(row switch
                {
                    "http5" => await Load.SaturateAsync(server, "/mixed", options.Seconds),
                    "h2" => await Load.MultiplexAsync(server, "/length", options.Seconds),
                    "http10k" => await Load.SendAtARateAsync(server, "/length", options.Seconds),
                    "idle100k" => await IdleClients.MeasureAsync(server, options.Connections),
                    _ => await Load.SaturateAsync(server, "/length", options.Seconds),
                });
            }
        }

        StringBuilder table = new();
        string title = row == "idle100k" ? $"{row} ({options.Connections} connections)" : row;
        table.AppendLine(CultureInfo.InvariantCulture, $"| {title} | {string.Join(" | ", columns[row])} |");
        table.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(Enumerable.Repeat("--:|", columns[row].Length))}");
        foreach (Server server in servers)
        {
            IEnumerable<string> medians = Enumerable.Range(0, columns[row].Length)
                .Select(column => Median(samples[server].Select(sample => sample.Figures[column])).ToString("#,##0.##", CultureInfo.InvariantCulture));
            table.AppendLine(CultureInfo.InvariantCulture, $"| {server.Name} | {string.Join(" | ", medians)} |");
        }

        return table.ToString();
    }
    finally
    {
        foreach (Server server in servers)
        {
            server.Dispose();
        }
    }
}

(string Path, string Key) MakeCertificate()
{
    (string Path, string Key) made = (Path.Combine(directory, "certificate.pem"), Path.Combine(directory, "key.pem"));
    using Process openssl = Process.Start(new ProcessStartInfo("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", made.Key, "-out", made.Path])
    {
        RedirectStandardError = true,
    })!;
    openssl.StandardError.ReadToEnd();
    openssl.WaitForExit();
    return openssl.ExitCode == 0 ? made : throw new InvalidOperationException("openssl has made no certificate.");
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
