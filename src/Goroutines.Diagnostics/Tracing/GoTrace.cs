using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The execution trace (Go's <c>runtime/trace</c>): what every goroutine did and why it did not run, while a trace or a
/// <see cref="FlightRecorder"/> is on; and what a program adds to it.</summary>
/// <remarks>All members are safe from any thread. While nothing records, <see cref="NewTask"/>, <see cref="Region(string)"/> and <see cref="Log"/> cost two tests.</remarks>
public static class GoTrace
{
    /// <summary>Begins a trace.</summary>
    /// <param name="options">Its settings; <see langword="null"/>: the defaults.</param>
    /// <returns>The trace, which goes on until it is stopped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static TraceSession Start(GoTraceOptions? options = null) => new(options ?? new GoTraceOptions());

    /// <summary>Begins a task: a piece of work that a program has a name for, such as a request, and that may go through several goroutines (Go's
    /// <c>trace.NewTask</c>).</summary>
    /// <param name="name">Its name. Use few different ones, as for regions.</param>
    /// <returns>The task, to be disposed of where the work ends. While nothing records, it is one that does nothing, also if a recording begins later.</returns>
    /// <remarks>From here on the task is that of the calling code, of what it calls and awaits, and of the goroutines that it starts: their regions, messages and tasks
    /// belong to it. As an <see cref="AsyncLocal{T}"/>, which it is kept in, it ends with the async method that calls this. While something records, it costs the
    /// execution context that carries it.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public static TraceTask NewTask(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return GoRuntime.Current.Scheduler is { TracerIfAny: { Records: true } tracer } scheduler ? TraceTask.Begin(scheduler, tracer.Texts.NumberOfName(name)) : TraceTask.None;
    }

    /// <summary>Marks a stretch of the running goroutine's work: a slice on a track of its own in the trace (Go's <c>trace.WithRegion</c>).</summary>
    /// <param name="name">Its name. Use few different ones: there may be 4096 in a process, and longer ones than 1024 characters are cut.</param>
    /// <returns>The region, to be disposed of where it ends, in the same goroutine. Regions of a goroutine nest.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public static TraceRegion Region(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return M.Current is { CurrentG: not null, Scheduler.TracerIfAny: { Records: true } tracer } m ? new TraceRegion(m.Scheduler, tracer.Texts.NumberOfName(name)) : default;
    }

    /// <summary>Marks the work of the running goroutine while an activity lasts: as <see cref="Region(string)"/>, with the activity's name.</summary>
    /// <param name="activity">The activity; <see langword="null"/>, as <see cref="ActivitySource.StartActivity(string, ActivityKind)"/> returns
    /// where nobody listens: no region.</param>
    /// <returns>The region, to be disposed of where it ends.</returns>
    public static TraceRegion Region(Activity? activity) => activity is null ? default : Region(activity.DisplayName);

    /// <summary>Writes a message into the trace (Go's <c>trace.Log</c>).</summary>
    /// <param name="category">What it is about. Use few different ones, as for regions.</param>
    /// <param name="message">The message. The last 4096 of a runtime are kept; longer ones than 1024 characters are cut.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static void Log(string category, string message)
    {
        ArgumentNullException.ThrowIfNull(category);
        ArgumentNullException.ThrowIfNull(message);
        if (GoRuntime.Current.Scheduler is { TracerIfAny: { Records: true } tracer } scheduler)
        {
            scheduler.NoteUser(TraceEventKind.Log, tracer.Texts.NumberOfName(category), [tracer.Texts.AddMessage(message), TraceTask.CurrentId]);
        }
    }
}
