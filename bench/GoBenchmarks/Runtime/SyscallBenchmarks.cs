namespace Goroutines.GoBenchmarks;

/// <summary>Entering and leaving a blocking region: <c>runtime/norace_test.go</c>.</summary>
internal static class SyscallBenchmarks
{
    public static IEnumerable<Benchmark> All =>
    [
        new("runtime", "Syscall", static b => SyscallAsync(b, 0, 1)),
        new("runtime", "SyscallWork", static b => SyscallAsync(b, 100, 1)),
        new("runtime", "SyscallExcess", static b => SyscallAsync(b, 0, 4)),
        new("runtime", "SyscallExcessWork", static b => SyscallAsync(b, 100, 4)),
    ];

    private static ValueTask SyscallAsync(B b, int work, int excess)
    {
        b.SetParallelism(excess);
        return b.RunParallelAsync(pb =>
        {
            while (pb.Next())
            {
                using (Go.EnterBlocking())
                {
                    Work.Count(work);
                }
            }
        });
    }
}
