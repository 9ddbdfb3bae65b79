using System.Diagnostics;
using System.Globalization;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The descriptors that this process has open, and how many it may have: Linux only.</summary>
internal static class OpenFiles
{
    /// <summary>Those that a network can have made: sockets, and what pollers are made of. The framework opens files of its own as it likes.</summary>
    internal static int Count => List().Count;

    /// <summary>The limit on their numbers.</summary>
    internal static int Limit
    {
        get => (int)Math.Min(ResourceLimit.Files.Get(), int.MaxValue);
        set => ResourceLimit.Files.Set(value);
    }

    /// <summary>The highest number in use.</summary>
    internal static int Highest
        => Directory.EnumerateFileSystemEntries("/proc/self/fd").Max(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));

    internal static void RequireLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are counted in Linux's /proc.");

    internal static async Task BackToAsync(int before)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Count > before && Stopwatch.GetElapsedTime(begun) < Limits.Wait)
        {
            await Task.Delay(1);
        }

        List<string> now = List();
        Assert.True(now.Count <= before, $"{now.Count} descriptors are open where {before} were:{Environment.NewLine}{string.Join(Environment.NewLine, now)}");
    }

    private static List<string> List()
    {
        List<string> found = [];
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (new FileInfo(path).LinkTarget is { } target && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)))
            {
                found.Add($"{Path.GetFileName(path)} {target}");
            }
        }

        return found;
    }
}
