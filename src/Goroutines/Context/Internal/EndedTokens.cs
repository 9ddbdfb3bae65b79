using System.Runtime.ExceptionServices;
using Goroutines.Runtime;

namespace Goroutines.Context;

/// <summary>The token views of the contexts that one cancellation has ended. They are cancelled after all those contexts have ended.</summary>
internal sealed class EndedTokens : IOutcomeOwner
{
    internal static readonly Func<EndedTokens, ValueTask> CancelAsync = static tokens =>
    {
        tokens.Cancel();
        return default;
    };

    private readonly List<CancellationTokenSource> _sources = [];
    private int _begun;

    internal void Add(CancellationTokenSource source) => _sources.Add(source);

    /// <summary>
    /// Cancels them all in a goroutine of <paramref name="scheduler"/>: also if that takes no more, since the last ones that it waits for
    /// may be waiting for this. If it has been stopped, in one of the process-wide runtime, and at the worst on the thread pool.
    /// </summary>
    internal void CancelIn(Scheduler scheduler)
    {
        Scheduler home = scheduler.IsStopping ? GoRuntime.Default.Scheduler : scheduler;
        AsyncG goroutine = home.NewGoroutine(CancelAsync, this, null, 0);
        goroutine.Owner = this;
        home.SpawnAnyway(goroutine);
    }

    void IOutcomeOwner.OnFailing(G goroutine, Exception failure)
    {
        if (!goroutine.WasAbandoned)
        {
            goroutine.Scheduler.Panics.Panic(goroutine, failure);
        }
    }

    void IOutcomeOwner.OnCompleted(G goroutine, Exception? failure)
    {
        if (goroutine.WasAbandoned && Volatile.Read(ref _begun) == 0)
        {
#pragma warning disable RS0030 // the runtime was stopped before the goroutine was scheduled, and there is no other runtime
            ThreadPool.UnsafeQueueUserWorkItem(
                static state =>
                {
                    try
                    {
                        state.Tokens.Cancel();
                    }
                    catch (AggregateException thrown)
                    {
                        state.Goroutine.Scheduler.Panics.Panic(state.Goroutine, thrown);
                    }
                },
                (Tokens: this, Goroutine: goroutine),
                preferLocal: false);
#pragma warning restore RS0030
        }
    }

    /// <summary>Cancels all of them, even if callbacks throw.</summary>
    /// <exception cref="AggregateException">Callbacks threw.</exception>
    internal void Cancel()
    {
        Volatile.Write(ref _begun, 1);
        List<AggregateException>? thrown = null;
        foreach (CancellationTokenSource source in _sources)
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException exception)
            {
                (thrown ??= []).Add(exception);
            }
        }

        if (thrown is [AggregateException only])
        {
            ExceptionDispatchInfo.Throw(only);
        }
        else if (thrown is not null)
        {
            throw new AggregateException(thrown).Flatten();
        }
    }
}
