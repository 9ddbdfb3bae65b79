namespace Goroutines.Peers.Ours;

/// <summary>pingpong, pingpong100: two goroutines, a channel each way; one answers each number with the next one. An operation is one number
/// and its answer.</summary>
internal static class PingPong
{
    /// <param name="inFlight">How many numbers are under way at a time. The channels have as many places; with one, none.</param>
    public static async ValueTask RunAsync(int inFlight, int n)
    {
        var pings = new Chan<int>(inFlight == 1 ? 0 : inFlight);
        var pongs = new Chan<int>(inFlight == 1 ? 0 : inFlight);
        Go.Spawn(async () =>
        {
            while (await pings.ReceiveAsync() is (var value, true))
            {
                await pongs.SendAsync(value + 1);
            }
        });
        for (var i = 0; i < inFlight; i++)
        {
            await pings.SendAsync(i);
        }
        var sum = 0L;
        for (var i = inFlight; i < n; i++)
        {
            sum += await pongs.TakeAsync();
            await pings.SendAsync(i);
        }
        for (var i = 0; i < inFlight; i++)
        {
            sum += await pongs.TakeAsync();
        }
        pings.Close();
        Check.Equal("pingpong", Check.SumBelow(n) + n, sum);
    }
}
