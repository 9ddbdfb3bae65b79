namespace Goroutines.Context;

/// <summary>
/// A body that a framework token may start: it may make goroutines go on that wait for something else, so while there is
/// one no runtime is deadlocked.
/// </summary>
/// <remarks>Counted by the default runtime, for all. One that is dropped together with its token is counted until it is collected.</remarks>
internal sealed class Outsider
{
    private int _left;

    internal Outsider() => GoRuntime.Default.Scheduler.OutsideWaiter(1);

    ~Outsider() => Leave();

    internal void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            GoRuntime.Default.Scheduler.OutsideWaiter(-1);
#pragma warning disable CA1816 // not a disposal: it no longer counts, so there is nothing left to do
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }
}
