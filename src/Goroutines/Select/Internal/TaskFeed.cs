using System.Runtime.CompilerServices;

namespace Goroutines.Channels;

/// <summary>Closes a channel when a task ends, so that selects wait for tasks as they wait for everything else.</summary>
/// <remarks>
/// Each task has one channel, however many selects wait for it, and one registration, which is made when the first of them parks.
/// So a select that is dropped leaves nothing behind in a long-running task: its waiter has left the channel's queue.
/// (<c>Task.WhenAny</c> in a loop registers anew in each round.)
/// </remarks>
internal sealed class TaskFeed : ChanFeed<Unit>
{
    private static readonly ConditionalWeakTable<Task, TaskFeed> s_feeds = new();
    private static readonly Chan<Unit> s_ended = MakeClosed();

    private readonly Task _task;
    private readonly Chan<Unit> _channel;

    /// <summary>Nonzero once it is registered with the task. Set by an exchange by the first receiver that parks.</summary>
    private int _registered;

    private TaskFeed(Task task)
    {
        _task = task;
        _channel = new Chan<Unit>(this);
    }

    internal override bool IsDue
    {
        get
        {
            if (!_task.IsCompleted)
            {
                return false;
            }

            _channel.TryClose();
            return true;
        }
    }

    /// <summary>Returns the channel that is closed when <paramref name="task"/> ends.</summary>
    internal static Chan<Unit> EndOf(Task task) => task.IsCompleted ? s_ended : s_feeds.GetValue(task, static task => new TaskFeed(task))._channel;

    /// <summary>Returns false: there are no values, and <see cref="IsDue"/> closes the channel itself.</summary>
    internal override bool TryTake(out Unit value)
    {
        value = default;
        return false;
    }

    internal override void ReceiverWaits()
    {
        if (Interlocked.Exchange(ref _registered, 1) == 0)
        {
            // The task may run this inside the code that completes it, which is safe, since closing only enqueues.
            _task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => _channel.TryClose());
        }
    }

    internal override void NobodyWaits()
    {
    }

    private static Chan<Unit> MakeClosed()
    {
        Chan<Unit> channel = new();
        channel.Close();
        return channel;
    }
}
