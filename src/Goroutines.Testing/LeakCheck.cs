using System.Diagnostics.CodeAnalysis;

namespace Goroutines.Testing;

/// <summary>Finds goroutines that were left; see <see cref="GoTest.NoLeaks"/>.</summary>
/// <remarks>Goroutines that nothing can reach any more are garbage, and are not found once the collector has taken them.</remarks>
public sealed class LeakCheck : IDisposable, IAsyncDisposable
{
    private const string What = "Goroutines were left that should have ended.";

    private static readonly TimeSpan s_forExisting = TimeSpan.FromMilliseconds(100);

    private readonly GoRuntime _runtime;
    private readonly LeakOptions _options;
    private readonly HashSet<long> _known = [];

    internal LeakCheck(LeakOptions options)
    {
        GoTestOptions.CheckWait(options.Patience, nameof(options));
        _options = options;
        _runtime = options.Runtime ?? GoRuntime.Current;
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
    /// <returns>A task that ends when no goroutine is left. Await it once.</returns>
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

    /// <summary>As <see cref="Check"/>. What it throws hides an exception that is on its way through the block: where that matters,
    /// call <see cref="Check"/> at the end of the test instead.</summary>
    /// <exception cref="GoroutineLeakException">Goroutines are left.</exception>
    [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "It is there to fail the test.")]
    public void Dispose() => Check();

    /// <summary>As <see cref="CheckAsync"/>, with what is said of <see cref="Dispose"/>.</summary>
    /// <returns>A task that ends when no goroutine is left.</returns>
    /// <exception cref="GoroutineLeakException">Goroutines are left.</exception>
    public ValueTask DisposeAsync() => CheckAsync();

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

    /// <summary>Pauses that grow from one millisecond to fifty, within a time in all.</summary>
    private struct Attempts(TimeSpan patience)
    {
        private readonly long _begun = Goroutines.Time.Clock.SystemNanoseconds();
        private int _milliseconds;

        internal bool Next(out TimeSpan pause)
        {
            _milliseconds = Math.Clamp(2 * _milliseconds, 1, 50);
            pause = TimeSpan.FromMilliseconds(_milliseconds);
            return patience == Timeout.InfiniteTimeSpan || Goroutines.Time.Clock.SystemNanoseconds() - _begun < patience.Ticks * 100;
        }
    }
}
