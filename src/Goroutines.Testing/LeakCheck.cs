using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Testing;

/// <summary>Finds goroutines that were left; see <see cref="GoTest.NoLeaks"/>.</summary>
/// <remarks>
/// <para>A parked goroutine that nothing can reach any more is garbage, and the collector would take it before it is found. So
/// from the making of the check until its disposal the runtime holds every goroutine that parks for the first time. A check that
/// is dropped without disposal stops holding when it is garbage itself.</para>
/// <para>All members are safe from any thread.</para>
/// </remarks>
public sealed class LeakCheck : IDisposable, IAsyncDisposable
{
    private const string What = "Goroutines were left that should have ended.";

    private static readonly TimeSpan s_forExisting = TimeSpan.FromMilliseconds(100);

    private readonly GoRuntime _runtime;
    private readonly LeakOptions _options;
    private readonly HashSet<long> _known = [];
    private readonly Hold _hold;

    internal LeakCheck(LeakOptions options)
    {
        GoTestOptions.CheckWait(options.Patience, nameof(options));
        _options = options;
        _runtime = options.Runtime ?? GoRuntime.Current;
        _hold = new Hold(_runtime.Scheduler.Registry, existing: !options.IgnoreExisting);
        if (options.IgnoreExisting)
        {
            Attempts attempts = new(s_forExisting);
            IReadOnlyList<GoroutineInfo> existing = Look(out bool complete);
            while (!complete && attempts.Next(out TimeSpan pause))
            {
                Thread.Sleep(pause);
                existing = Look(out complete);
            }

            _known.UnionWith(existing.Select(static info => info.Id));
        }
    }

    /// <summary>Looks, for as long as <see cref="LeakOptions.Patience"/> says, until no goroutine is left, blocking the caller.</summary>
    /// <exception cref="GoroutineLeakException">Goroutines are left. Each is listed with what it waits for and where it was created.</exception>
    public void Check()
    {
        Attempts attempts = new(_options.Patience);
        while (Find(out bool complete) is { } left && (left.Count != 0 || !complete))
        {
            if (!attempts.Next(out TimeSpan pause))
            {
                ThrowIfAny(left);
                return;
            }

            Go.Blocking(() => Thread.Sleep(pause));
        }
    }

    /// <summary>As <see cref="Check"/>, without blocking the caller.</summary>
    /// <returns>A task that completes when no goroutine is left. Await it once.</returns>
    /// <exception cref="GoroutineLeakException">Goroutines are left. Each is listed with what it waits for and where it was created.</exception>
    public async ValueTask CheckAsync()
    {
        Attempts attempts = new(_options.Patience);
        while (Find(out bool complete) is { } left && (left.Count != 0 || !complete))
        {
            if (!attempts.Next(out TimeSpan pause))
            {
                ThrowIfAny(left);
                return;
            }

#pragma warning disable RS0030 // patience in real time
            await Task.Delay(pause);
#pragma warning restore RS0030
        }
    }

    /// <summary>Does what <see cref="Check"/> does, and stops holding goroutines. What it throws hides an exception that is on its way
    /// through the block: where that matters, call <see cref="Check"/> at the end of the test as well.</summary>
    /// <exception cref="GoroutineLeakException">Goroutines are left.</exception>
    [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "It is there to fail the test.")]
    public void Dispose()
    {
        try
        {
            Check();
        }
        finally
        {
            _hold.Dispose();
        }
    }

    /// <summary>Does what <see cref="CheckAsync"/> does, with what is said of <see cref="Dispose"/>.</summary>
    /// <returns>A task that completes when no goroutine is left.</returns>
    /// <exception cref="GoroutineLeakException">Goroutines are left.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CheckAsync();
        }
        finally
        {
            _hold.Dispose();
        }
    }

    private static void ThrowIfAny(List<GoroutineInfo> left)
    {
        if (left.Count != 0)
        {
            throw GoroutineLeakException.Of(left, What);
        }
    }

    private List<GoroutineInfo> Find(out bool complete)
    {
        long self = ReferenceEquals(_runtime, GoRuntime.Current) ? Go.CurrentId : 0;
        return [.. Look(out complete).Where(info => info.Id != self && !_known.Contains(info.Id) && _options.Ignore?.Invoke(info) != true)];
    }

    /// <param name="complete">False: some are on their way between a queue and a worker, where a snapshot does not find them.</param>
    private IReadOnlyList<GoroutineInfo> Look(out bool complete)
    {
        IReadOnlyList<GoroutineInfo> found = _runtime.Snapshot();
        complete = _runtime.Count <= found.Count;
        return found;
    }

    /// <summary>Keeps goroutines from the collector; ends with its disposal, or when it is garbage.</summary>
    private sealed class Hold : IDisposable
    {
        private GRegistry? _registry;

        internal Hold(GRegistry registry, bool existing)
        {
            _registry = registry;
            registry.Hold(existing);
        }

        ~Hold() => Release();

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release() => Interlocked.Exchange(ref _registry, null)?.Release();
    }

    /// <summary>Pauses that grow from one millisecond to fifty, within a time in all.</summary>
    private struct Attempts(TimeSpan patience)
    {
        private readonly long _begun = Clock.SystemNanoseconds();
        private int _milliseconds;

        internal bool Next(out TimeSpan pause)
        {
            _milliseconds = Math.Clamp(2 * _milliseconds, 1, 50);
            pause = TimeSpan.FromMilliseconds(_milliseconds);
            return patience == Timeout.InfiniteTimeSpan || Clock.SystemNanoseconds() - _begun < patience.Ticks * 100;
        }
    }
}
