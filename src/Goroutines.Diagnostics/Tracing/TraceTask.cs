using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A piece of work in a trace, which may involve several goroutines; see <see cref="GoTrace.NewTask"/>. Dispose of it where the
/// work ends, in any goroutine or thread.</summary>
/// <remarks>All members are safe to call from any thread.</remarks>
[DebuggerDisplay("task {_id}")]
public sealed class TraceTask : IDisposable
{
    /// <summary>The task that is returned while nothing records.</summary>
    internal static readonly TraceTask None = new(null, 0, 0, null);

    private static readonly AsyncLocal<TraceTask?> s_current = new();
    private static long s_last;

    private readonly Scheduler? _scheduler;
    private readonly long _id;
    private readonly int _name;
    private readonly TraceTask? _around;
    private int _ended;

    private TraceTask(Scheduler? scheduler, long id, int name, TraceTask? around)
    {
        _scheduler = scheduler;
        _id = id;
        _name = name;
        _around = around;
    }

    /// <summary>The number of the task that the calling code belongs to; 0 if it belongs to none.</summary>
    internal static long CurrentId => s_current.Value?._id ?? 0;

    internal static TraceTask Begin(Scheduler scheduler, int name)
    {
        TraceTask? around = s_current.Value;
        TraceTask task = new(scheduler, Interlocked.Increment(ref s_last), name, around);
        scheduler.NoteUser(TraceEventKind.TaskBegin, name, [task._id, around?._id ?? 0]);
        s_current.Value = task;
        return task;
    }

    /// <summary>Ends the task. From here on, the calling code belongs to the enclosing task, if there is one. Further calls do
    /// nothing.</summary>
    public void Dispose()
    {
        if (_scheduler is null || Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _scheduler.NoteUser(TraceEventKind.TaskEnd, _name, [_id]);
        if (ReferenceEquals(s_current.Value, this))
        {
            s_current.Value = _around;
        }
    }
}
