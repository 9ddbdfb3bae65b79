namespace Goroutines.Runtime;

/// <summary>What the scheduler says about goroutines, and to whom: implemented above it, so that it knows nothing of texts, meters and standard error.</summary>
/// <remarks>Called from any thread, also while nothing else runs any more. What reports of a failure never throws.</remarks>
internal interface IRuntimeReports
{
    /// <summary>The panic handler of runtimes that have none of their own.</summary>
    Action<PanicInfo> DefaultPanicHandler { get; }

    /// <summary>A panic handler threw.</summary>
    void HandlerFailed(PanicInfo info, Exception exception);

    /// <summary>The handler of collected goroutines threw.</summary>
    void HandlerFailed(GoroutineInfo collected, Exception exception);

    /// <summary>The name of a goroutine's body. May throw for what a debugger or trimming left without names.</summary>
    string NameOf(G goroutine);

    /// <summary>Where a goroutine was created, as <c>file:line</c> or by name. May throw, as <see cref="NameOf"/>.</summary>
    string CreatedAt(G goroutine);

    /// <summary>What there is to be told of one goroutine.</summary>
    GoroutineInfo Describe(G goroutine, GStatus status, long now);

    /// <summary>What there is to be told of all goroutines, by id.</summary>
    IReadOnlyList<GoroutineInfo> Describe(Scheduler scheduler);

    /// <summary>Goroutines in the form of a Go traceback.</summary>
    string Format(List<G> goroutines, Scheduler scheduler);

    /// <summary>A runtime has lasted for a while. Called once for each, on a thread of the pool, as preparing meters takes milliseconds.</summary>
    void Lasts(Scheduler scheduler);
}
