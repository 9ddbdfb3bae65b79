using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>Starts goroutines whose outcome belongs to a group.</summary>
internal static class OwnedSpawn
{
    /// <param name="group">The group that gets the outcome.</param>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="undo">Called if the goroutine could not be started, before the exception is thrown.</param>
    internal static void Start<TGroup>(TGroup group, G goroutine, Action<TGroup> undo)
        where TGroup : IOutcomeOwner
    {
        try
        {
            Scheduler.Start(goroutine, group);
        }
        catch
        {
            undo(group);
            throw;
        }
    }
}
