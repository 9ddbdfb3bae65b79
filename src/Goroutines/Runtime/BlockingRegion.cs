using Goroutines.Runtime;

namespace Goroutines;

/// <summary>A stretch of code that may block its thread; see <see cref="Go.EnterBlocking"/>. Dispose it where the stretch ends.</summary>
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
            return default; // where schedules are explored nobody else runs meanwhile, unless the thread really waits
        }

        return new BlockingRegion(m, m.EnterBlocking());
    }

    /// <summary>Ends the region: the goroutine goes on once it has a P again. Further calls do nothing, nor do those of copies; a
    /// region inside another one ends with that.</summary>
    public readonly void Dispose()
    {
        // On the worker of the goroutine that entered it, or, if the body left it open, somewhere else, where it is over already.
        if (_worker is { } worker && ReferenceEquals(worker, M.Current))
        {
            worker.ExitBlocking(_region);
        }
    }
}
