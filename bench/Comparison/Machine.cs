using System.Runtime.InteropServices;

namespace Goroutines.Comparison;

/// <summary>What the figures were taken on.</summary>
/// <param name="LoadBefore">The load averages before anything ran: who else used the processors.</param>
internal sealed record Machine(string Processor, int Processors, string Memory, string System, string LoadBefore)
{
    private const string Load = "/proc/loadavg";

    public static Machine Read()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return new Machine(
            Field("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            FormattableString.Invariant($"{memory:0} GiB"),
            $"{Field("/etc/os-release", "PRETTY_NAME", '=') ?? RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
            File.Exists(Load) ? string.Join(' ', File.ReadAllText(Load).Split(' ').Take(3)) : "");
    }

    private static string? Field(string file, string name, char separator) =>
        !File.Exists(file) ? null : File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(separator) + 1)..].Trim(' ', '\t', '"'))
            .FirstOrDefault();
}
