using System.Runtime.CompilerServices;

namespace Goroutines.Channels;

/// <summary>Closes a channel when a task ends, so that selects wait for tasks as they wait for everything else.</summary>
/// <remarks>
/// There is one channel for each task, however many selects wait for it, and one registration with the task, made when the first
/// of them parks. So a select that is dropped leaves nothing behind in a task that goes on for long: its waiter has left the queue
/// of the channel. (<c>Task.WhenAny</c> in a loop registers anew in each round.)
/// </remarks>
internal sealed class TaskFeed : ChanFeed<Unit>
{
    private static readonly ConditionalWeakTable<Task, TaskFeed> s_feeds = new();
    private static readonly Chan<Unit> s_ended = MakeClosed();

    private readonly Task _task;
    private readonly Chan<Unit> _channel;

    /// <summary>Nonzero once it is registered. Set by an exchange of the first that parks.</summary>
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

    /// <summary>The channel that is closed when <paramref name="task"/> ends.</summary>
    internal static Chan<Unit> EndOf(Task task) => task.IsCompleted ? s_ended : s_feeds.GetValue(task, static task => new TaskFeed(task))._channel;

    /// <summary>There are no values: what is due is the close, and that is done.</summary>
    internal override bool TryTake(out Unit value)
    {
        value = default;
        return false;
    }

    internal override void ReceiverWaits()
    {
        if (Interlocked.Exchange(ref _registered, 1) == 0)
        {
            // The task may run this inside of what completes it: closing only enqueues.
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
