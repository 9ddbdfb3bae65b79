namespace Goroutines.Peers;

/// <summary>errgroup: groups of 10 tasks, one group after the other. An operation is one task.</summary>
internal static class ErrGroups
{
    public const int Tasks = 10;

    public static async ValueTask RunAsync(int n)
    {
        var done = 0;
        for (var i = 0; i < n / Tasks; i++)
        {
            var group = new ErrGroup();
            for (var task = 0; task < Tasks; task++)
            {
                group.Spawn(() =>
                {
                    Interlocked.Increment(ref done);
                    return default(ValueTask);
                });
            }
            await group.WaitAsync();
        }
        if (done != n)
        {
            throw new InvalidOperationException("errgroup: tasks lost");
        }
    }
}
