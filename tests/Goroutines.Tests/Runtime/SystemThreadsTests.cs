using Goroutines.Platform;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>What the system says about how many threads there may be, read from files that stand for its own.</summary>
public sealed class SystemThreadsTests : IDisposable
{
    private const long Plenty = 1L << 50;

    private readonly string _root = Directory.CreateTempSubdirectory("goroutines").FullName;

    public SystemThreadsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The limits are Linux's.");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void NothingToRead_MemoryAloneLimits()
    {
        SystemThreads.Room room = SystemThreads.Read(_root, 160 * SystemThreads.BytesPerThread, privileged: false, reserved: 0);
        Assert.Equal(70, room.Threads); // half of it, and of that all but an eighth
        Assert.Contains("memory", room.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void FreeMemory_TheKernelsFigureCounts()
    {
        Write("proc/meminfo", $"MemTotal:       24683656 kB\nMemFree:               4 kB\nMemAvailable:   {160 * SystemThreads.BytesPerThread / 1024} kB\n");
        Assert.Equal(70, SystemThreads.Read(_root, left: 0, privileged: false, reserved: 0).Threads);
    }

    /// <summary>Of the pages of files, those not used lately are as good as free.</summary>
    [Theory]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a/b", "max", "current", "inactive_file")]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a", "max", "current", "inactive_file")]
    [InlineData("4:memory:/a\n0::/\n", "sys/fs/cgroup/memory/a", "limit_in_bytes", "usage_in_bytes", "total_inactive_file")]
    public void MemoryOfTheControlGroup_Limits(string groups, string folder, string limit, string usage, string files)
    {
        Write("proc/self/cgroup", groups);
        Write($"{folder}/memory.{limit}", $"{400 * SystemThreads.BytesPerThread}\n");
        Write($"{folder}/memory.{usage}", $"{340 * SystemThreads.BytesPerThread}\n");
        Write($"{folder}/memory.stat", $"anon 1000\n{files} {100 * SystemThreads.BytesPerThread}\nunevictable 0\n");
        AssertRoom(70, $"memory: {160 * SystemThreads.BytesPerThread >> 20} MB are free within the container's limit");
    }

    [Fact]
    public void MemoryOfTheControlGroup_Unlimited_DoesNotLimit()
    {
        Write("proc/sys/kernel/threads-max", "8000");
        Write("proc/self/cgroup", "0::/mine\n");
        Write("sys/fs/cgroup/mine/memory.max", "max\n");
        Write("sys/fs/cgroup/mine/memory.current", "1000000\n");
        AssertRoom(7000, "kernel.threads-max = 8000");
    }

    [Fact]
    public void Maps_AThreadTakesFour_AndThoseInUseCount()
    {
        Write("proc/sys/vm/max_map_count", "8000");
        Write("proc/self/maps", string.Concat(Enumerable.Repeat("7f00-7f01 rw-p\n", 200)));
        AssertRoom((8000 - 1000 - 200) / 4, "vm.max_map_count = 8000");
    }

    [Theory]
    [InlineData("proc/sys/kernel/threads-max", "kernel.threads-max = 800")]
    [InlineData("proc/sys/kernel/pid_max", "kernel.pid_max = 800")]
    public void KernelLimits_ThreadsOfAllCount(string file, string limit)
    {
        Write(file, "800");
        Write("proc/loadavg", "0.10 0.20 0.30 2/300 12345");
        AssertRoom(800 - 100 - 300, limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ProcessesOfTheUser_DontBindThePrivileged(bool privileged)
    {
        Write("proc/sys/kernel/threads-max", "8000");
        Write("proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units\nMax processes             80                   96365                processes\n");
        Assert.Equal(privileged ? 7000 : 70, SystemThreads.Read(_root, Plenty, privileged, reserved: 0).Threads);
    }

    [Fact]
    public void AddressSpace_StacksTakeHalfAtMost()
    {
        Write("proc/self/limits", $"Max address space         {1600L << 20}           unlimited            bytes\n");
        Assert.Contains("ulimit -v", SystemThreads.Read(_root, Plenty, privileged: true, reserved: 0).Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void Unlimited_DoesNotLimit()
    {
        Write("proc/sys/kernel/threads-max", "8000");
        Write("proc/self/limits", "Max processes             unlimited            unlimited            processes\n");
        Write("proc/self/cgroup", "0::/mine\n");
        Write("sys/fs/cgroup/mine/pids.max", "max");
        AssertRoom(7000, "kernel.threads-max = 8000");
    }

    [Theory]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a/b")]
    [InlineData("0::/a/b\n", "sys/fs/cgroup/a")]
    [InlineData("0::/a/b\n", "sys/fs/cgroup")]
    [InlineData("3:cpu:/x\n8:pids:/a\n0::/\n", "sys/fs/cgroup/pids/a")]
    [InlineData("8:cpu,pids:/of/the/host\n", "sys/fs/cgroup/pids")]
    public void ControlGroup_OfThisProcessOrAbove(string groups, string folder)
    {
        Write("proc/self/cgroup", groups);
        Write(folder + "/pids.max", "400");
        Write(folder + "/pids.current", "50");
        AssertRoom(400 - 50 - 50, "the container's pids limit = 400");
    }

    [Fact]
    public void SeveralLimits_TheLowestCounts()
    {
        Write("proc/sys/kernel/threads-max", "8000");
        Write("proc/sys/kernel/pid_max", "1600");
        Write("proc/sys/vm/max_map_count", "80000");
        AssertRoom(1400, "kernel.pid_max = 1600");
    }

    [Fact]
    public void ThisSystem_Default_IsNoMoreThanItAllows()
    {
        Assert.InRange(ThreadLimit.Default, 1, ThreadLimit.Most);
        Assert.Equal(ThreadLimit.Default, new GoRuntimeOptions().MaxThreads);
    }

    private void AssertRoom(int threads, string limit) => Assert.Equal(new SystemThreads.Room(threads, limit), SystemThreads.Read(_root, Plenty, privileged: false, reserved: 0));

    private void Write(string file, string text)
    {
        string path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
