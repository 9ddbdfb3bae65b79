namespace Goroutines.GoBenchmarks;

/// <summary>Every benchmark that is here, in the order in which they run.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        .. ChanBenchmarks.All, .. SelectBenchmarks.All, .. ProcBenchmarks.All, .. WakeupBenchmarks.All, .. SyscallBenchmarks.All,
        .. CollectionBenchmarks.All,
        .. CondBenchmarks.All, .. MutexBenchmarks.All, .. OnceBenchmarks.All, .. RWMutexBenchmarks.All, .. WaitGroupBenchmarks.All,
        .. SleepBenchmarks.All, .. TickBenchmarks.All, .. LatencyBenchmarks.All, .. ClockBenchmarks.All,
        .. ContextBenchmarks.All,
        .. TcpBenchmarks.All, .. UdpBenchmarks.All,
        .. ErrGroupBenchmarks.All, .. SemaphoreBenchmarks.All,
    ];
}
