using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Testing;

/// <summary>Finds goroutines that were left behind; see <see cref="GoTest.NoLeaks"/>.</summary>
/// <remarks>
/// <para>A parked goroutine that nothing references any more is garbage, and would be collected before the check can find it. From
/// the creation of the check until its disposal, the runtime therefore keeps every goroutine that parks for the first time alive. A
/// check that is dropped without disposal stops doing so when it is itself collected.</para>
/// <para>All members are thread-safe.</para>
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

    /// <summary>Blocks the caller until no goroutine is left, for at most <see cref="LeakOptions.Patience"/>.</summary>
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

    /// <summary>Does the same as <see cref="Check"/>, without blocking the caller.</summary>
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

    /// <summary>Does the same as <see cref="Check"/>, and stops keeping goroutines alive. Its exception hides an exception that is leaving
    /// the <c>using</c> block; if that matters, also call <see cref="Check"/> at the end of the test.</summary>
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

    /// <summary>Does the same as <see cref="CheckAsync"/>. The notes on <see cref="Dispose"/> apply.</summary>
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

    /// <param name="complete">false if some goroutines are in transit between a queue and a worker, where a snapshot does not find them.</param>
    private IReadOnlyList<GoroutineInfo> Look(out bool complete)
    {
        IReadOnlyList<GoroutineInfo> found = _runtime.Snapshot();
        complete = _runtime.Count <= found.Count;
        return found;
    }

    /// <summary>Keeps goroutines from being collected, until it is disposed or itself collected.</summary>
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

    /// <summary>Pauses that grow from one millisecond to fifty, within a total time.</summary>
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
