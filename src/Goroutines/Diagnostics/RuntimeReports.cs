using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Reports in Go's form: tracebacks, panics on standard error, the meter <c>Goroutines</c>.</summary>
internal sealed class RuntimeReports : IRuntimeReports
{
    internal static readonly RuntimeReports Instance = new();

    private RuntimeReports()
    {
    }

    public Action<PanicInfo> DefaultPanicHandler => PanicPrinter.Default;

    public void HandlerFailed(PanicInfo info, Exception exception) => PanicPrinter.HandlerFailed(info, exception);

    public void HandlerFailed(GoroutineInfo collected, Exception exception) => PanicPrinter.HandlerFailed(collected, exception);

    public string NameOf(G goroutine) => Traceback.NameOf(goroutine);

    public string CreatedAt(G goroutine) => Traceback.CreatedAt(goroutine);

    public GoroutineInfo Describe(G goroutine, GStatus status, long now) => Traceback.InfoOf(goroutine, status, now);

    public IReadOnlyList<GoroutineInfo> Describe(Scheduler scheduler) => Traceback.Snapshot(scheduler);

    public string Format(List<G> goroutines, Scheduler scheduler) => Traceback.Format(goroutines, scheduler);

    public void Lasts(Scheduler scheduler)
    {
        Metrics.Enable();
        LastingRuntimes.Add(scheduler);
    }
}
