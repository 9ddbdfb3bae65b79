using Goroutines.Runtime;
using Goroutines.Scope;

namespace Goroutines;

/// <summary>Runs scopes: their goroutines end before the code that opened the scope continues.</summary>
public sealed partial class GoRuntime
{
    /// <summary>
    /// Runs <paramref name="body"/> and waits for all the goroutines that were started in its scope, even if the body throws.
    /// </summary>
    /// <param name="body">The body. It runs inline, as part of the caller.</param>
    /// <param name="cancellationToken">Cancels the scope's token. The scope still waits for its goroutines.</param>
    /// <returns>A task that completes when the body and every goroutine of the scope have ended. Await it once.</returns>
    /// <remarks>
    /// <para>The first failure, of the body or of a goroutine, cancels <see cref="GoScope.CancellationToken"/>. A single failure is
    /// rethrown as it is; several are thrown as an <see cref="AggregateException"/>. Once the scope has been cancelled, an
    /// <see cref="OperationCanceledException"/> does not count as a failure.</para>
    /// <para>Scopes may be nested: pass the outer scope's token to the inner scope.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled, and therefore the body or a
    /// goroutine did not run to completion, or the body was not called because the token was cancelled before the call.</exception>
    /// <exception cref="AggregateException">There was more than one failure.</exception>
    public ValueTask ScopeAsync(Func<GoScope, ValueTask> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : RunScope(body, new ScopeState(cancellationToken));
    }

    /// <summary>
    /// Runs <paramref name="body"/> and waits for all the goroutines that were started in its scope, even if the body throws.
    /// </summary>
    /// <typeparam name="T">The type of the body's result.</typeparam>
    /// <returns>The body's result, once the body and every goroutine of the scope have ended. Await it once.</returns>
    /// <inheritdoc cref="ScopeAsync(Func{GoScope, ValueTask}, CancellationToken)"/>
    public ValueTask<T> ScopeAsync<T>(Func<GoScope, ValueTask<T>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<T>(cancellationToken) : RunScope(body, new ScopeState(cancellationToken));
    }

    private async ValueTask RunScope(Func<GoScope, ValueTask> body, ScopeState state)
    {
        try
        {
            await body(new GoScope(Scheduler, state)).ConfigureAwait(G.IsCurrentContext);
        }
        catch (Exception exception)
        {
            state.Fail(exception);
        }

        await state.WaitAsync().ConfigureAwait(G.IsCurrentContext);
        state.Conclude();
    }

    private async ValueTask<T> RunScope<T>(Func<GoScope, ValueTask<T>> body, ScopeState state)
    {
        T result = default!;
        try
        {
            result = await body(new GoScope(Scheduler, state)).ConfigureAwait(G.IsCurrentContext);
        }
        catch (Exception exception)
        {
            state.Fail(exception);
        }

        await state.WaitAsync().ConfigureAwait(G.IsCurrentContext);
        state.Conclude();
        return result;
    }
}
