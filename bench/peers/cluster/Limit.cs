namespace Goroutines.ClusterPeer;

/// <summary>Ends each wait with a failure that says what it was for.</summary>
internal static class Limit
{
    internal static async Task<T> Within<T>(this Task<T> task, TimeSpan limit, Func<string> what)
    {
        try
        {
            return await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"waited {limit.TotalSeconds:0} s for {what()}");
        }
    }

    internal static Task Within(this Task task, TimeSpan limit, Func<string> what) => Wrap(task).Within(limit, what);

    private static async Task<bool> Wrap(Task task)
    {
        await task;
        return true;
    }
}
