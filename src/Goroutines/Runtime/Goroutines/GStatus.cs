namespace Goroutines.Runtime;

/// <summary>The status of a goroutine (runtime/runtime2.go: <c>_Gidle</c> … <c>_Gdead</c>).</summary>
/// <remarks>
/// Allowed edges, and who may take them:
/// <code>
/// Idle      → Runnable   spawner, before anyone else sees the G
/// Runnable  → Running    the worker that took it from a queue (sole owner)
/// Running   → Runnable   the worker: the body yielded; stored before the G is published to a queue
/// Running   → Waiting    the worker, with a full fence; see <see cref="G"/>
/// Waiting   → Runnable   any waker, by CAS; the winner enqueues
/// Waiting   → Running    the worker that has just stored Waiting, by CAS, when what it waits for has come meanwhile
/// Waiting   → Dead       its runtime was stopped and abandons it, by CAS (see Scheduler.Stop.cs)
/// Runnable  → Dead       likewise, by the thread that took it out of its queue
/// Running   → Syscall    the goroutine's own thread, entering a blocking region
/// Syscall   → Running    the same thread, leaving it
/// Running   → Dead       the worker, with a full fence
/// Dead      → Runnable   a waker of something that a goroutine left behind when it ended, by CAS; it gets its turn, then Dead again
/// Dead      → Running    the worker that has just stored Dead, by CAS, when a callback has come meanwhile
/// Dead, Blocked → Runnable, Running   as Waiting; see <see cref="SideTurns"/> for a body that blocks its thread,
/// Running, Syscall → Blocked          and for Runnable → Running by a thread that comes back from a wait
/// </code>
/// Go's <c>_Gpreempted</c> has no counterpart: managed code can't be stopped in the middle and continued elsewhere. Instead, a body
/// that does not yield gets another P beside it (see <see cref="Scheduler"/>'s sysmon). Edges with one possible owner are plain
/// stores, checked in debug builds; the contended ones are one CAS.
/// </remarks>
internal enum GStatus
{
    Idle,
    Runnable,
    Running,
    Syscall,
    Waiting,
    Dead,

    /// <summary>Like Waiting, but at least one thread waits in the middle of the body (also Go's <c>_Gsyscall</c>).</summary>
    Blocked,
}
