using System.Collections.Concurrent;
using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Makes one call for all callers that ask for the same key at the same time (Go's <c>golang.org/x/sync/singleflight.Group</c>).
/// It prevents a cache stampede. It caches nothing: after a call has ended, the next caller starts a new one.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TResult">The type of the results.</typeparam>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread.</para>
/// <para>If a call throws, every caller that shares it gets the exception; a failure is not cached. A caller that is cancelled
/// leaves without affecting the others: the call continues for them, even if this caller started it. If the call itself uses
/// that caller's token and ends by cancellation, one of the others makes the call again.</para>
/// </remarks>
[DebuggerDisplay("SingleFlight, {_flights.Count} under way")]
public sealed partial class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    // The dictionary holds the flights that may be joined. A flight is removed before it lands, so a caller that finds none starts
    // another. A caller that found the flight just before its removal can no longer join it, and starts over. The flight's own
    // lock guards everything else.
    private readonly ConcurrentDictionary<TKey, Flight> _flights;

    /// <summary>Makes an empty group.</summary>
    public SingleFlight()
        : this(null)
    {
    }

    /// <summary>Makes an empty group.</summary>
    /// <param name="comparer">Compares keys. If it is <see langword="null"/>, the default comparer of the key type is used.</param>
    public SingleFlight(IEqualityComparer<TKey>? comparer) => _flights = new ConcurrentDictionary<TKey, Flight>(comparer);

    /// <summary>Makes the call, or waits for a call in progress for the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. It runs inline, as part of the caller that makes it.</param>
    /// <returns>The result, and true if more than one caller got it; otherwise, false. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public ValueTask<(TResult Value, bool Shared)> DoAsync(TKey key, Func<ValueTask<TResult>> call) => DoAsync(key, call, CancellationToken.None);

    /// <summary>Makes the call, or waits for a call in progress for the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. If the token can be cancelled, it runs in its own goroutine.</param>
    /// <param name="cancellationToken">Cancels this caller's wait, not the call.</param>
    /// <returns>The result, and true if more than one caller got it; otherwise, false. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first. If no caller
    /// waits for the call any longer, its outcome is dropped.</exception>
    public ValueTask<(TResult Value, bool Shared)> DoAsync(TKey key, Func<ValueTask<TResult>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(call);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<(TResult, bool)>(cancellationToken)
            : FlyAsync(key, call, cancellationToken);
    }

    /// <summary>Makes the call, or blocks the caller until a call in progress for the same key has ended.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. It runs inline, as part of the caller that makes it.</param>
    /// <returns>The result, and true if more than one caller got it; otherwise, false.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public (TResult Value, bool Shared) Do(TKey key, Func<TResult> call)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(call);
        while (true)
        {
            Flight flight = Board(key, () => new ValueTask<TResult>(call()), CancellationToken.None, out bool leads);
            if (leads)
            {
                ThreadWait.Synchronously.Wait(flight.RunAsync(passengers: 1));
            }
            else if (flight.TryJoin(CancellationToken.None, out ValueTask landing))
            {
                ThreadWait.Synchronously.Wait(landing);
            }
            else
            {
                Clear(key, flight);
                continue;
            }

            if (TryGetOutcome(flight, leads, out (TResult Value, bool Shared) outcome))
            {
                return outcome;
            }
        }
    }

    /// <summary>Forgets a call in progress: the next caller that asks for the key starts a new call. The waiters of the forgotten call still get its outcome.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public void Forget(TKey key) => _flights.TryRemove(key, out _);

    private async ValueTask<(TResult Value, bool Shared)> FlyAsync(TKey key, Func<ValueTask<TResult>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            Flight flight = Board(key, call, cancellationToken, out bool leads);
            if (leads && !cancellationToken.CanBeCanceled)
            {
                await flight.RunAsync(passengers: 1).ConfigureAwait(G.IsCurrentContext);
            }
            else if (flight.TryJoin(cancellationToken, out ValueTask landing))
            {
                if (leads)
                {
                    flight.RunAlone();
                }

                await landing.ConfigureAwait(G.IsCurrentContext);
            }
            else
            {
                Clear(key, flight);
                continue;
            }

            if (TryGetOutcome(flight, leads, out (TResult Value, bool Shared) outcome))
            {
                return outcome;
            }
        }
    }

    /// <summary>Returns the flight for the key: one in progress, or a new one, which the caller then has to run.</summary>
    private Flight Board(TKey key, Func<ValueTask<TResult>> call, CancellationToken cancellationToken, out bool leads)
    {
        leads = false;
        if (_flights.GetValueOrDefault(key) is { } flight)
        {
            return flight;
        }

        Flight mine = new(this, key, call, cancellationToken);
        flight = _flights.GetOrAdd(key, mine);
        leads = ReferenceEquals(flight, mine);
        return flight;
    }

    /// <summary>Removes a landed flight from the dictionary if it is still there: the removal at its landing fails if a comparer throws.
    /// Otherwise, callers that ask for the key would find the landed flight again and again.</summary>
    private void Clear(TKey key, Flight landed) => _flights.TryRemove(new KeyValuePair<TKey, Flight>(key, landed));

    /// <summary>Returns the outcome of a landed flight, or throws its exception. Returns false if the flight ended only because its leader was cancelled; the
    /// caller then starts over.</summary>
    private static bool TryGetOutcome(Flight flight, bool leads, out (TResult Value, bool Shared) outcome)
    {
        outcome = (flight.Value, flight.Shared);
        if (flight.Failure is not { } failure)
        {
            return true;
        }

        if (leads || !flight.WasCancelledWithItsLeader)
        {
            failure.Throw();
        }

        return false;
    }
}
