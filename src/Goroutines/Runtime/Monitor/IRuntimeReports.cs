namespace Goroutines.Runtime;

/// <summary>Receives the scheduler's reports about goroutines. It is implemented in a layer above, so that the scheduler knows nothing of texts,
/// meters and standard error.</summary>
/// <remarks>Members are called from any thread, also while nothing else runs any more. Members that report a failure never throw.</remarks>
internal interface IRuntimeReports
{
    /// <summary>The panic handler of runtimes that have none of their own.</summary>
    Action<PanicInfo> DefaultPanicHandler { get; }

    /// <summary>Called when a panic handler threw.</summary>
    void HandlerFailed(PanicInfo info, Exception exception);

    /// <summary>Called when the handler of collected goroutines threw.</summary>
    void HandlerFailed(GoroutineInfo collected, Exception exception);

    /// <summary>Returns the name of a goroutine's body. May throw for what a debugger or trimming left without names.</summary>
    string NameOf(G goroutine);

    /// <summary>Returns where a goroutine was created, as <c>file:line</c> or by name. May throw, like <see cref="NameOf"/>.</summary>
    string CreatedAt(G goroutine);

    /// <summary>Describes one goroutine.</summary>
    GoroutineInfo Describe(G goroutine, GStatus status, long now);

    /// <summary>Describes all goroutines, by id.</summary>
    IReadOnlyList<GoroutineInfo> Describe(Scheduler scheduler);

    /// <summary>Formats goroutines as a Go traceback.</summary>
    string Format(List<G> goroutines, Scheduler scheduler);

    /// <summary>Called once for each runtime that has lasted for a while, on a thread of the pool, because preparing meters takes
    /// milliseconds.</summary>
    void Lasts(Scheduler scheduler);
}
