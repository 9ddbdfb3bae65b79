using System.Collections.Concurrent;
using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>
/// Makes one call for all who ask for the same key at the same time (Go's <c>golang.org/x/sync/singleflight.Group</c>): the
/// remedy for a cache stampede. It remembers nothing: when a call has ended, the next one to ask starts another.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TResult">The type of the results.</typeparam>
/// <remarks>
/// <para>All members may be called from any goroutine, task or thread.</para>
/// <para>A call that throws throws for everyone who shares it, and is not remembered. A caller that is cancelled leaves
/// alone: the call goes on for the others, also when it was this caller's. Should it end by cancellation because it
/// uses that caller's token itself, then one of the others makes the call anew.</para>
/// </remarks>
[DebuggerDisplay("SingleFlight, {_flights.Count} under way")]
public sealed partial class SingleFlight<TKey, TResult>
    where TKey : notnull
{
    // The dictionary holds the flights that may be joined. A flight is taken out before it lands, so that a caller that finds none
    // starts another; one who has found it in the last moment can't join any more and starts over. All else is guarded by the
    // flight's own lock.
    private readonly ConcurrentDictionary<TKey, Flight> _flights;

    /// <summary>Makes an empty group.</summary>
    public SingleFlight()
        : this(null)
    {
    }

    /// <summary>Makes an empty group.</summary>
    /// <param name="comparer">Compares keys; <see langword="null"/>: by their own equality.</param>
    public SingleFlight(IEqualityComparer<TKey>? comparer) => _flights = new ConcurrentDictionary<TKey, Flight>(comparer);

    /// <summary>Makes the call, or waits for one that is under way for the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. It runs as part of the caller that makes it.</param>
    /// <returns>The result, and whether more than one caller got it. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public ValueTask<(TResult Value, bool Shared)> DoAsync(TKey key, Func<ValueTask<TResult>> call) => DoAsync(key, call, CancellationToken.None);

    /// <summary>Makes the call, or waits for one that is under way for the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. With a token that can be cancelled it runs as a goroutine of its own.</param>
    /// <param name="cancellationToken">Ends this caller's wait, not the call.</param>
    /// <returns>The result, and whether more than one caller got it. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first. If nobody waits
    /// for the call any more, its outcome is dropped.</exception>
    public ValueTask<(TResult Value, bool Shared)> DoAsync(TKey key, Func<ValueTask<TResult>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(call);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<(TResult, bool)>(cancellationToken)
            : FlyAsync(key, call, cancellationToken);
    }

    /// <summary>Makes the call, or blocks the caller until one that is under way for the same key has ended.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call. It runs as part of the caller that makes it.</param>
    /// <returns>The result, and whether more than one caller got it.</returns>
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

    /// <summary>Forgets a call that is under way: who asks for the key from now on starts another. Those who wait for it still get its outcome.</summary>
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

    /// <summary>The flight for the key: one that is under way, or a new one, which the caller has to see off.</summary>
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

    /// <summary>Takes a flight that has landed out of the dictionary, should it still be there: it could not be when it landed if a
    /// comparer threw. Otherwise all callers that ask for the key would find it again and again.</summary>
    private void Clear(TKey key, Flight landed) => _flights.TryRemove(new KeyValuePair<TKey, Flight>(key, landed));

    /// <summary>Takes the outcome of a flight that has landed, or throws it; false: it was only its leader's to be cancelled, so start over.</summary>
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
