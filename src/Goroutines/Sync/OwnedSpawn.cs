using System.Diagnostics;
using Goroutines.Scheduler;

namespace Goroutines.Sync;

/// <summary>Starts goroutines of the current runtime whose outcome belongs to a group.</summary>
internal static class OwnedSpawn
{
    /// <param name="group">Who gets the outcome.</param>
    /// <param name="body">A <c>Func&lt;ValueTask&gt;</c>, <c>Func&lt;Task&gt;</c> or <c>Action</c>.</param>
    /// <param name="file">Where it was created.</param>
    /// <param name="line">Where it was created.</param>
    /// <param name="undo">Called when the goroutine could not be started, before that is thrown.</param>
    internal static void Start<TGroup>(TGroup group, Delegate body, string? file, int line, Action<TGroup> undo)
        where TGroup : IOutcome
    {
        Scheduler.Scheduler scheduler = GoRuntime.Current.Scheduler;
        long id = scheduler.NewGoroutineId();
        try
        {
            switch (body)
            {
                case Func<ValueTask> call:
                    Start(new ValueTaskG(scheduler, id, call, file, line), group);
                    break;
                case Func<Task> call:
                    Start(new TaskG(scheduler, id, call, file, line), group);
                    break;
                case Action call:
                    StackfulActionG stackful = new(scheduler, id, call, file, line);
                    stackful.DeliverTo(group);
                    scheduler.Spawn(stackful);
                    break;
                default:
                    throw new UnreachableException("A body of an unknown kind.");
            }
        }
        catch
        {
            undo(group);
            throw;
        }
    }

    private static void Start(ActionG goroutine, IOutcome group)
    {
        goroutine.DeliverTo(group);
        goroutine.Scheduler.Spawn(goroutine);
    }
}
