using System.Diagnostics.Tracing;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>The event source <c>Goroutines</c>, for <c>dotnet-trace</c> and event listeners. It has rare events only; turns and wakes are
/// in traces.</summary>
/// <remarks>It exists from the first trace, the first recorder, or the first collected goroutine that a leak profile counts. A command with
/// the argument <c>FlightRecord</c> acts as a trigger on all flight recorders of the process.</remarks>
[EventSource(Name = "Goroutines")]
internal sealed class GoroutinesEventSource : EventSource
{
    internal const string RecordCommand = "FlightRecord";

    internal static readonly GoroutinesEventSource Log = new();

    private GoroutinesEventSource()
        : base(EventSourceSettings.EtwSelfDescribingEventFormat)
    {
        RuntimeEvents.Started += scheduler => RuntimeStarted(scheduler.Name, scheduler.MaxProcs);
        RuntimeEvents.Stopped += scheduler => RuntimeStopped(scheduler.Name);
        RuntimeEvents.Panicked += (scheduler, info) => Panic(scheduler.Name, info.GoroutineId, info.GoroutineName, info.CreatedAt, info.Exception.GetType().ToString());
        RuntimeEvents.DeadlockSuspected += scheduler => DeadlockSuspected(scheduler.Name);
        RuntimeEvents.Deadlocked += scheduler => Deadlock(scheduler.Name, (int)scheduler.Count);
    }

    /// <summary>Called when a listener's command has the argument <see cref="RecordCommand"/>.</summary>
    internal static event Action? RecordAsked;

    [Event(1, Level = EventLevel.Error)]
    internal void Panic(string runtime, long goroutine, string name, string createdAt, string exceptionType)
        => WriteEvent(1, runtime, goroutine, name, createdAt, exceptionType);

    [Event(2, Level = EventLevel.Critical)]
    internal void Deadlock(string runtime, int goroutines) => WriteEvent(2, runtime, goroutines);

    [Event(3, Level = EventLevel.Warning)]
    internal void DeadlockSuspected(string runtime) => WriteEvent(3, runtime);

    [Event(4, Level = EventLevel.Warning)]
    internal void Leak(string runtime, long goroutine, string name, string createdAt, string waitReason)
        => WriteEvent(4, runtime, goroutine, name, createdAt, waitReason);

    [Event(5, Level = EventLevel.Warning)]
    internal void Stall(string runtime, string trigger, string detail) => WriteEvent(5, runtime, trigger, detail);

    [Event(6, Level = EventLevel.Informational)]
    internal void RuntimeStarted(string runtime, int maxProcs) => WriteEvent(6, runtime, maxProcs);

    [Event(7, Level = EventLevel.Informational)]
    internal void RuntimeStopped(string runtime) => WriteEvent(7, runtime);

    [Event(8, Level = EventLevel.Informational)]
    internal void TraceStarted(string runtime) => WriteEvent(8, runtime);

    [Event(9, Level = EventLevel.Informational)]
    internal void Recorded(string runtime, string trigger, string file) => WriteEvent(9, runtime, trigger, file);

    [NonEvent]
    protected override void OnEventCommand(EventCommandEventArgs command)
    {
        if (command.Arguments is { } arguments && arguments.ContainsKey(RecordCommand))
        {
            RecordAsked?.Invoke();
        }
    }
}
