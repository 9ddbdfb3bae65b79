using System.Globalization;
using System.Text.Json;

namespace Goroutines.Tool;

/// <summary>The commands that write their output and end.</summary>
internal static class Commands
{
    internal static async Task<int> ListAsync(TextWriter output, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (Target each in Target.All())
        {
            using Target target = each;
            string line;
            try
            {
                JsonElement overview = await target.GetJsonAsync("api/overview", cancellationToken).ConfigureAwait(false);
                line = string.Create(CultureInfo.InvariantCulture, $"{target.ProcessId,8}  {NameOf(target.ProcessId),-24} {overview.GetProperty("runtime").GetString(),-16} {overview.GetProperty("count").GetInt64(),9} goroutines");
            }
            catch (ToolException)
            {
                continue; // a killed process left its socket behind
            }

            any = true;
            await output.WriteLineAsync(line).ConfigureAwait(false);
        }

        return any ? 0 : throw new ToolException("no process listens: a program does when it calls DiagnosticsSocket.Start()");
    }

    internal static async Task<int> DumpAsync(int process, bool json, string? query, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        string path = json ? "api/dump.json" : "api/dump";
        await WriteAsync(target, HttpMethod.Get, query is null ? path : $"{path}?q={Uri.EscapeDataString(query)}", file, output, isText: true, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    internal static async Task<int> LeaksAsync(int process, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        JsonElement report = await target.PostJsonAsync("api/leaks", cancellationToken).ConfigureAwait(false);
        int count = 0;
        foreach (JsonElement finding in report.GetProperty("findings").EnumerateArray())
        {
            count++;
            await output.WriteLineAsync($"{finding.GetProperty("certainty").GetString()}: {finding.GetProperty("title").GetString()}").ConfigureAwait(false);
            await output.WriteLineAsync($"    {finding.GetProperty("detail").GetString()}").ConfigureAwait(false);
            await output.WriteLineAsync($"    {finding.GetProperty("advice").GetString()}").ConfigureAwait(false);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{count} findings; {report.GetProperty("collected").GetInt64()} goroutines have been collected while they were parked")).ConfigureAwait(false);
        return 0;
    }

    internal static async Task<int> TraceAsync(int process, bool flight, int seconds, string format, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        string path = flight ? $"flight?format={format}" : string.Create(CultureInfo.InvariantCulture, $"trace?seconds={seconds}&format={format}");
        await WriteAsync(target, flight ? HttpMethod.Get : HttpMethod.Post, path, file, output, isText: format != "perfetto", cancellationToken).ConfigureAwait(false);
        return 0;
    }

    internal static async Task<int> ProfileAsync(int process, string name, int? seconds, string format, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        using Target target = Target.Of(process);
        string path = $"profile/{name}?format={format}";
        await WriteAsync(
            target, seconds is null ? HttpMethod.Get : HttpMethod.Post, seconds is { } time ? string.Create(CultureInfo.InvariantCulture, $"{path}&seconds={time}") : path,
            file, output, isText: format != "pprof", cancellationToken).ConfigureAwait(false);
        return 0;
    }

    internal static string NameOf(int process)
    {
        try
        {
            using System.Diagnostics.Process found = System.Diagnostics.Process.GetProcessById(process);
            return found.ProcessName;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return "?"; // the process has just ended
        }
    }

    private static async Task WriteAsync(Target target, HttpMethod method, string path, string? file, TextWriter output, bool isText, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            using MemoryStream made = new();
            await target.CopyAsync(method, path, made, cancellationToken).ConfigureAwait(false); // first, so that a failure leaves no file
            await File.WriteAllBytesAsync(file, made.GetBuffer().AsMemory(0, (int)made.Length), cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync($"{file} ({made.Length} bytes)").ConfigureAwait(false);
            return;
        }

        if (isText)
        {
            using MemoryStream text = new();
            await target.CopyAsync(method, path, text, cancellationToken).ConfigureAwait(false);
            text.Position = 0;
            using StreamReader reader = new(text);
            await output.WriteAsync(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        if (!Console.IsOutputRedirected)
        {
            throw new ToolException("the file is not text: name one with --output, or redirect the output");
        }

        await using Stream stdout = Console.OpenStandardOutput();
        await target.CopyAsync(method, path, stdout, cancellationToken).ConfigureAwait(false);
    }
}
