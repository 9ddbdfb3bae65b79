using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Represents a stretch of code that may block its thread; see <see cref="Go.EnterBlocking"/>. Dispose it where the stretch
/// ends.</summary>
public ref struct BlockingRegion : IDisposable
{
    private readonly M? _worker;
    private readonly int _region;

    private BlockingRegion(M worker, int region)
    {
        _worker = worker;
        _region = region;
    }

    internal static BlockingRegion Enter()
    {
        M? m = M.Current;
        if (m?.CurrentG is null || (OperationHooks.Any && m.Scheduler.IsExplored))
        {
            return default; // where schedules are explored nothing else runs meanwhile, unless the thread really waits
        }

        return new BlockingRegion(m, m.EnterBlocking());
    }

    /// <summary>Ends the region. The goroutine continues once it has a P again. Further calls do nothing, and neither do calls on
    /// copies. A region inside another one ends with the outer one.</summary>
    public readonly void Dispose()
    {
        // This normally runs on the worker of the goroutine that entered the region. If the body left the region open, it may run
        // elsewhere; the region is already over then.
        if (_worker is { } worker && ReferenceEquals(worker, M.Current))
        {
            worker.ExitBlocking(_region);
        }
    }
}
