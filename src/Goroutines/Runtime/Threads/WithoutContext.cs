namespace Goroutines.Runtime;

/// <summary>A stretch of code in the scheduler during which no goroutine is the thread's current context: it may wait in the framework.</summary>
/// <remarks>
/// A goroutine that is the current context is told of the framework's waits and gives its P away meanwhile
/// (<see cref="G"/>). In the middle of a park that must not happen: the status says Waiting already, and the P is being handed on. So
/// whatever takes a framework lock, reads a file or starts a thread on the way from one goroutine to the next does so without a context.
/// </remarks>
internal readonly ref struct WithoutContext
{
    private readonly SynchronizationContext? _context;

    private WithoutContext(SynchronizationContext? context) => _context = context;

    internal static WithoutContext Begin()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }

        return new WithoutContext(context);
    }

    public void Dispose()
    {
        if (_context is not null)
        {
            SynchronizationContext.SetSynchronizationContext(_context);
        }
    }
}
