using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>A stretch of code that may block its thread; see <see cref="Go.EnterBlocking"/>. Dispose it where the stretch ends.</summary>
public ref struct BlockingRegion : IDisposable
{
    private M? _worker;

    internal BlockingRegion(M? worker) => _worker = worker;

    internal static BlockingRegion Enter()
    {
        M? m = M.Current;
        if (m?.CurrentG is null || (Exploration.IsOn && m.Scheduler.IsExplored))
        {
            return default; // where schedules are explored nobody else runs meanwhile, unless the thread really waits
        }

        m.EnterBlocking(handOff: false);
        return new BlockingRegion(m);
    }

    /// <summary>Ends the region: the goroutine goes on once it has a P again. Further calls do nothing.</summary>
    public void Dispose()
    {
        M? worker = _worker;
        _worker = null;
        worker?.ExitBlocking();
    }
}
