using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The execution trace (Go's <c>runtime/trace</c>). While a trace or a <see cref="FlightRecorder"/> is on, it records what every
/// goroutine did, why it did not run, and what the program adds to it.</summary>
/// <remarks>All members are safe to call from any thread. While nothing records, <see cref="NewTask"/>, <see cref="Region(string)"/> and
/// <see cref="Log"/> cost two tests.</remarks>
public static class GoTrace
{
    /// <summary>Starts a trace.</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <returns>The trace. It runs until it is stopped or its memory is used up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static TraceSession Start(GoTraceOptions? options = null) => new(options ?? new GoTraceOptions());

    /// <summary>Begins a task: a named piece of work, such as a request, that may involve several goroutines (Go's
    /// <c>trace.NewTask</c>).</summary>
    /// <param name="name">The task's name. Use few different names, as for regions.</param>
    /// <returns>The task. Dispose of it where the work ends. A task begun while nothing records does nothing, even if a recording starts
    /// later.</returns>
    /// <remarks>From here on, the calling code, what it calls and awaits, and the goroutines that it starts belong to the task, with their
    /// regions, messages and tasks. The task is kept in an <see cref="AsyncLocal{T}"/>, so it ends with the async method that calls this.
    /// While something records, a task costs the execution context that carries it.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public static TraceTask NewTask(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return GoRuntime.Current.Scheduler is { TracerIfAny: { Records: true } tracer } scheduler ? TraceTask.Begin(scheduler, tracer.Texts.NumberOfName(name)) : TraceTask.None;
    }

    /// <summary>Marks a stretch of the running goroutine's work. It is a slice on the goroutine's own track in the trace (Go's
    /// <c>trace.WithRegion</c>).</summary>
    /// <param name="name">The region's name. Use few different names: a process may have 4096, and they are cut to 1024 characters.</param>
    /// <returns>The region. Dispose of it where it ends, in the same goroutine. A goroutine's regions nest.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public static TraceRegion Region(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return M.Current is { CurrentG: not null, Scheduler.TracerIfAny: { Records: true } tracer } m ? new TraceRegion(m.Scheduler, tracer.Texts.NumberOfName(name)) : default;
    }

    /// <summary>Begins a region with an activity's name, like <see cref="Region(string)"/>.</summary>
    /// <param name="activity">The activity. If it is <see langword="null"/>, which
    /// <see cref="ActivitySource.StartActivity(string, ActivityKind)"/> returns if there is no listener, no region begins.</param>
    /// <returns>The region. Dispose of it where it ends.</returns>
    public static TraceRegion Region(Activity? activity) => activity is null ? default : Region(activity.DisplayName);

    /// <summary>Writes a message into the trace (Go's <c>trace.Log</c>).</summary>
    /// <param name="category">What the message is about. Use few different categories, as for regions.</param>
    /// <param name="message">The message. A runtime keeps its last 4096 messages; they are cut to 1024 characters.</param>
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
