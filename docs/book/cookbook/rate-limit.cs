#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time: ten seconds pass at once, and exactly
{
    var limit = new RateLimit(perSecond: 2, burst: 3);
    DateTimeOffset begun = Go.Now;
    for (int request = 1; request <= 6; request++)
    {
        await limit.WaitAsync();
        Console.WriteLine($"request {request} after {(Go.Now - begun).TotalSeconds} s");
    }

    await Go.SleepAsync(TimeSpan.FromSeconds(10));
    Console.WriteLine(limit.TryTake() ? "after a rest, there is a burst again" : "none left");

    using CancelContext brief = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(100));
    try
    {
        while (true)
        {
            await limit.WaitAsync(brief);
        }
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine(brief.Err!.Message);
    }
});

// A token bucket: `perSecond` on average, `burst` at once after a rest. It keeps one point in time and needs no goroutine and no timer of its own.
// Any number of goroutines may use it; they are served in the order in which they come.
internal sealed class RateLimit(double perSecond, int burst)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / perSecond);
    private DateTimeOffset _next;                    // when the bucket was or will be one token above empty

    public bool TryTake()
    {
        lock (_lock)
        {
            DateTimeOffset at = NextFree(Go.Now);
            if (at > Go.Now)
            {
                return false;
            }

            _next = at + _interval;
            return true;
        }
    }

    public async ValueTask WaitAsync(CancellationToken cancellationToken = default)
    {
        DateTimeOffset at;
        lock (_lock)
        {
            at = NextFree(Go.Now);
            _next = at + _interval;                  // reserved: the next caller gets the next place
        }

        try
        {
            await Go.SleepUntilAsync(at, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                _next -= _interval;                  // given back, to those who come after
            }

            throw;
        }
    }

    // A rest is worth at most a burst.
    private DateTimeOffset NextFree(DateTimeOffset now)
    {
        DateTimeOffset earliest = now - _interval * (burst - 1);
        return _next < earliest ? earliest : _next;
    }
}
