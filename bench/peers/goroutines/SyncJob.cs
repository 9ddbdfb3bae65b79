namespace Goroutines.Peers;

/// <summary>syncjob: bodies of plain code, some 2 µs of arithmetic each, that never wait.</summary>
internal static class SyncJob
{
    public static async ValueTask RunAsync(int n)
    {
        var wg = new WaitGroup();
        var sum = 0UL;
        wg.Add(n);
        for (var i = 0; i < n; i++)
        {
            var seed = (ulong)i + 1;
            Go.Spawn(() =>
            {
                Interlocked.Add(ref sum, Scrambling.Scramble(seed));
                wg.Done();
            });
        }
        await wg.WaitAsync();
        if (sum == 0)
        {
            throw new InvalidOperationException("syncjob: no work done");
        }
    }
}
