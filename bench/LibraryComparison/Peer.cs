using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Goroutines.LibraryComparison;

/// <summary>The program of one side, which runs a row and prints its figures as a line of JSON.</summary>
/// <param name="arguments">What comes before the row's name.</param>
internal sealed class Peer(Side side, string program, params IReadOnlyList<string> arguments)
{
    // The slowest take this long for a million that wait, twice.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_smokeLimit = TimeSpan.FromSeconds(30);

    private HashSet<string>? _rows;

    public Side Side => side;

    /// <summary>The version of its language's runtime, known after the first run.</summary>
    public string Runtime { get; set; } = "";

    public string Settings { get; set; } = "";

    /// <summary>Whether this side has the row at all.</summary>
    /// <exception cref="PeerException">It does not even say what it has.</exception>
    public async Task<bool> HasAsync(string row)
    {
        _rows ??= await ListAsync();
        return _rows.Contains(row);
    }

    /// <summary>Runs a row once and returns its figures by name.</summary>
    /// <exception cref="PeerException">It failed, hung, came to the wrong sum or printed something else.</exception>
    public async Task<IReadOnlyDictionary<string, double>> RunAsync(string row, bool smoke)
    {
        var (code, output, error) = smoke
            ? await StartAsync([row, "--smoke", "--n", Line.SmokeOperations.ToString(CultureInfo.InvariantCulture)], s_smokeLimit)
            : await StartAsync([row], s_limit);
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
            ?? throw new PeerException($"does not list its rows: {error.Trim()}");
        return [.. line[Prefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    private async Task<(int Code, string Output, string Error)> StartAsync(IReadOnlyList<string> row, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, [.. arguments, .. row])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
