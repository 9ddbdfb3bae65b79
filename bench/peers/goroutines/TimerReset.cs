namespace Goroutines.Peers;

/// <summary>timerreset: a timer that is moved on and on, as a time-out is at every byte.</summary>
internal static class TimerReset
{
    public static ValueTask RunAsync(int n)
    {
        var hour = TimeSpan.FromHours(1);
        var timer = new GoTimer(hour);
        for (var i = 0; i < n; i++)
        {
            timer.Reset(hour);
        }
        if (!timer.Stop())
        {
            throw new InvalidOperationException("timerreset: it has fired");
        }
        return default;
    }
}
