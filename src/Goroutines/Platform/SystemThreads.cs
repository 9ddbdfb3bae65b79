using System.Globalization;

namespace Goroutines.Platform;

/// <summary>Determines how many more threads the system gives this process, by every limit that can be read.</summary>
/// <remarks>
/// A system that runs out of threads does not always refuse one: without memory maps, the framework or the C library may end the
/// process while a thread starts, or in the middle of a collection. So the limits are read beforehand, and an eighth of each
/// remains unused. A limit that can't be read is ignored.
/// </remarks>
internal static class SystemThreads
{
    /// <summary>The number of memory maps of a thread: the stack and its guard page, the signal stack and its guard page.</summary>
    internal const int MapsPerThread = 4;

    /// <summary>The memory of a parked thread, in bytes: the used pages of its stacks, and the kernel's part. Measured: 40 to 60 KB.</summary>
    internal const long BytesPerThread = 64 * 1024;

    /// <summary>The address space of a thread, in bytes, where that is limited: its stack, by the usual limit.</summary>
    private const long StackBytes = 8 * 1024 * 1024;

    /// <summary>The limit where there is nothing to read: macOS gives a process 2,048 to 8,192 threads.</summary>
    private const int OnApple = 2_000;

    /// <summary>How many more threads there may be, and which limit says so.</summary>
    internal readonly record struct Room(int Threads, string Limit);

    /// <summary>Reads all limits now. Takes milliseconds in a process with many threads.</summary>
    /// <param name="reserved">The number of the caller's threads that exist already.</param>
    internal static Room Read(int reserved)
    {
        return Read("/", FreeByTheCollector(), Environment.IsPrivilegedProcess, reserved);
    }

    /// <summary>Returns the free memory, in bytes, as the garbage collector sees it; or the highest number if it only tells its own limit.</summary>
    private static long FreeByTheCollector()
    {
        if (GC.GetConfigurationVariables().TryGetValue("GCHeapHardLimit", out object? limit) && Convert.ToInt64(limit, CultureInfo.InvariantCulture) != 0)
        {
            return long.MaxValue; // that limit takes the place of the available memory, and stacks don't count towards it
        }

        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes);
    }

    /// <param name="root">The folder that stands for the root of the file system.</param>
    /// <param name="left">Free memory, in bytes, where the system has no file that tells it.</param>
    /// <param name="privileged">Whether limits on the user's processes don't apply to this one.</param>
    /// <param name="reserved">Threads of the caller's that exist already.</param>
    internal static Room Read(string root, long left, bool privileged, int reserved)
    {
        Room room = new(int.MaxValue, "");
        LimitByMemory(ref room, OperatingSystem.IsLinux() ? FreeOnLinux(root) ?? left : left, "");
        if (OperatingSystem.IsLinux())
        {
            ReadLinux(root, privileged, reserved, ref room);
        }
        else if (OperatingSystem.IsMacOS() || OperatingSystem.IsIOS())
        {
            Limit(ref room, OnApple, "the threads of a process (kern.num_taskthreads)");
        }

        return room;
    }

    private static void ReadLinux(string root, bool privileged, int reserved, ref Room room)
    {
        if (Number(Path.Combine(root, "proc/sys/vm/max_map_count")) is { } maps)
        {
            Limit(ref room, Left(maps, CountLines(Path.Combine(root, "proc/self/maps"))) / MapsPerThread, $"vm.max_map_count = {maps}");
        }

        long all = ThreadsOfAll(root);
        if (Number(Path.Combine(root, "proc/sys/kernel/threads-max")) is { } threads)
        {
            Limit(ref room, Left(threads, all), $"kernel.threads-max = {threads}");
        }

        if (Number(Path.Combine(root, "proc/sys/kernel/pid_max")) is { } pids)
        {
            Limit(ref room, Left(pids, all), $"kernel.pid_max = {pids}");
        }

        foreach (string line in Lines(Path.Combine(root, "proc/self/limits")))
        {
            if (!privileged && SoftLimit(line, "Max processes") is { } processes)
            {
                Limit(ref room, Left(processes, all), $"ulimit -u = {processes}");
            }
            else if (SoftLimit(line, "Max address space") is { } bytes)
            {
                Limit(ref room, Left(bytes / 2 / StackBytes, reserved), $"ulimit -v = {bytes / 1024}");
            }
        }

        foreach (string folder in GroupFolders(root, "memory"))
        {
            if (FreeInGroup(folder) is { } free)
            {
                LimitByMemory(ref room, free, " within the container's limit");
            }
        }

        foreach (string folder in GroupFolders(root, "pids"))
        {
            if (Number(Path.Combine(folder, "pids.max")) is { } most)
            {
                Limit(ref room, Left(most, Number(Path.Combine(folder, "pids.current")) ?? 0), $"the container's pids limit = {most}");
            }
        }
    }

    /// <summary>Returns the memory, in bytes, that the kernel can give without swapping: "MemAvailable:   23550848 kB".</summary>
    private static long? FreeOnLinux(string root)
    {
        const string Name = "MemAvailable:";
        return Lines(Path.Combine(root, "proc/meminfo")).FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
                ? kilobytes * 1024
                : null;
    }

    /// <summary>Returns what a control group's limit leaves, in bytes; or null if there is no limit. Of the pages of files, those that nobody has
    /// used lately are as good as free.</summary>
    private static long? FreeInGroup(string folder)
    {
        bool unified = File.Exists(Path.Combine(folder, "memory.max"));
        if (Number(Path.Combine(folder, unified ? "memory.max" : "memory.limit_in_bytes")) is not { } limit)
        {
            return null;
        }

        long used = Number(Path.Combine(folder, unified ? "memory.current" : "memory.usage_in_bytes")) ?? 0;
        string name = unified ? "inactive_file " : "total_inactive_file ";
        string? files = Lines(Path.Combine(folder, "memory.stat")).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        long reclaimed = files is not null && long.TryParse(files.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
        return Math.Max(0, limit - Math.Max(0, used - reclaimed));
    }

    /// <summary>Returns the folders of this process's control group and of those above it, of either version.</summary>
    private static IEnumerable<string> GroupFolders(string root, string controller)
    {
        string groups = Path.Combine(root, "sys/fs/cgroup");
        foreach (string line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // "number:controllers:path"; of version 2 the number is 0 and there are no controllers.
            string[] parts = line.Split(':', 3);
            bool unified = parts is ["0", "", _];
            if (parts.Length != 3 || (!unified && !parts[1].Split(',').Contains(controller)))
            {
                continue;
            }

            // Inside a container the path may be the host's: then only the mount's root is there.
            string top = unified ? groups : Path.Combine(groups, controller);
            string path = parts[2].Trim('/');
            while (path.Length != 0)
            {
                yield return Path.Combine(top, path);
                path = Path.GetDirectoryName(path) ?? "";
            }

            yield return top;
        }
    }

    /// <summary>Returns the number of threads of the whole system: "0.1 0.2 0.3 running/all last".</summary>
    private static long ThreadsOfAll(string root)
    {
        string text = Lines(Path.Combine(root, "proc/loadavg")).FirstOrDefault() ?? "";
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int end = slash < 0 ? -1 : text.IndexOf(' ', slash);
        return end >= 0 && long.TryParse(text.AsSpan(slash + 1, end - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long all) ? all : 0;
    }

    private static long? SoftLimit(string line, string name)
        => line.StartsWith(name, StringComparison.Ordinal)
            && long.TryParse(line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long soft)
                ? soft
                : null; // "unlimited"

    private static long? Number(string file)
        => long.TryParse(Lines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Counts lines. The list of maps may have a hundred thousand of them, so they are not kept.</summary>
    private static int CountLines(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] buffer = new byte[64 * 1024];
            int lines = 0;
            for (int read; (read = stream.Read(buffer)) != 0;)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }

            return lines;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadLines(file) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // not readable for this process: it does not limit
        }
    }

    /// <summary>Returns what is left of a limit, less an eighth of it.</summary>
    private static int Left(long limit, long used) => (int)Math.Clamp(limit - (limit / 8) - used, 0, int.MaxValue);

    private static void LimitByMemory(ref Room room, long free, string where)
        => Limit(ref room, Left(free / 2 / BytesPerThread, 0), string.Create(CultureInfo.InvariantCulture, $"memory: {free >> 20} MB are free{where}"));

    private static void Limit(ref Room room, int threads, string limit)
    {
        if (threads < room.Threads)
        {
            room = new Room(threads, limit);
        }
    }
}
