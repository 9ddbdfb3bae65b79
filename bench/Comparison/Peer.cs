using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Goroutines.Comparison;

/// <summary>One side of the comparison: a program that runs a workload and prints its figures as a line of JSON.</summary>
/// <param name="name">Its name; <see cref="Ours"/> and so on.</param>
/// <param name="program">The program's path.</param>
/// <param name="cold">Whether it measures what a short program does.</param>
/// <param name="defaults">Whether it runs with the collector's default settings instead of the project's.</param>
internal sealed class Peer(string name, string program, bool cold = false, bool defaults = false)
{
    public const string Ours = "ours";
    public const string Go = "go";
    public const string DotNet = "dotnet";

    /// <summary>As <see cref="Ours"/>, in a project without settings: with the concurrent collector.</summary>
    public const string OursDefault = "ours-default";

    /// <summary>The same, in the first half second of a process.</summary>
    public const string OursCold = "ours-cold";

    /// <summary>The same, published natively.</summary>
    public const string OursAot = "ours-aot";

    /// <summary>Go in the first half second of a process.</summary>
    public const string GoCold = "go-cold";

    private const string ConcurrentVariable = "DOTNET_gcConcurrent";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_smokeLimit = TimeSpan.FromSeconds(20);

    private HashSet<string>? _workloads;

    public string Name => name;

    public string Program => program;

    /// <summary>Whether it is another column of a side rather than a side.</summary>
    public bool IsColumn => cold || defaults;

    /// <summary>The version of its language's runtime, known after the first run.</summary>
    public string Runtime { get; private set; } = "";

    public string Settings { get; private set; } = "";

    /// <summary>Whether this side has the workload at all.</summary>
    /// <exception cref="PeerException">It does not even say what it has.</exception>
    public async Task<bool> HasAsync(string workload)
    {
        _workloads ??= await ListAsync();
        return _workloads.Contains(workload);
    }

    /// <summary>Runs a workload once and returns its figures by name.</summary>
    /// <exception cref="PeerException">It failed, hung or printed something else.</exception>
    public Task<IReadOnlyDictionary<string, double>> RunAsync(string workload, bool smoke) => RunAsync(
        smoke ? [workload, "--smoke", "--n", Catalogue.SmokeOperations(workload).ToString(CultureInfo.InvariantCulture)]
            : cold ? [workload, "--cold"] : [workload],
        smoke ? s_smokeLimit : s_limit,
        procs: null);

    /// <summary>Runs a workload of a given size once, on a number of Ps of its own.</summary>
    /// <exception cref="PeerException">It failed, hung or printed something else.</exception>
    public Task<IReadOnlyDictionary<string, double>> RunAsync(string workload, int? n, int? procs, bool smoke)
    {
        List<string> args = [workload];
        if (n is { } operations)
        {
            args.AddRange(["--n", operations.ToString(CultureInfo.InvariantCulture)]);
        }
        if (smoke)
        {
            args.Add("--smoke");
        }
        return RunAsync(args, s_limit, procs);
    }

    private async Task<IReadOnlyDictionary<string, double>> RunAsync(IEnumerable<string> args, TimeSpan limit, int? procs)
    {
        var (code, output, error) = await StartAsync(args, limit, procs);
        if (code != 0)
        {
            throw new PeerException($"exit code {code}: {error.Trim()}");
        }

        JsonElement json;
        try
        {
            json = JsonDocument.Parse(output).RootElement;
        }
        catch (JsonException)
        {
            throw new PeerException($"not a line of JSON: {output.Trim()}");
        }
        Runtime = json.GetProperty("runtime").GetString() ?? "";
        Settings = json.GetProperty("settings").GetString() ?? "";
        return json.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.Number)
            .ToDictionary(property => property.Name, property => property.Value.GetDouble());
    }

    private async Task<HashSet<string>> ListAsync()
    {
        // The usage text lists them.
        const string Prefix = "workloads: ";
        var (_, _, error) = await StartAsync([], s_smokeLimit);
        var line = error.Split('\n').FirstOrDefault(line => line.StartsWith(Prefix, StringComparison.Ordinal))
            ?? throw new PeerException($"does not list its workloads: {error.Trim()}");
        return [.. line[Prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<(int Code, string Output, string Error)> StartAsync(IEnumerable<string> args, TimeSpan limit, int? procs = null)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (defaults)
        {
            start.Environment[ConcurrentVariable] = "1";
        }
        if (procs is { } count)
        {
            start.Environment["GOMAXPROCS"] = count.ToString(CultureInfo.InvariantCulture);
        }
        using var process = Process.Start(start) ?? throw new PeerException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new PeerException($"still running after {limit.TotalSeconds:0} s");
        }
        return (process.ExitCode, await output, await error);
    }
}

internal sealed class PeerException(string message) : Exception(message);
