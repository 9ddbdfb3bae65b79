using System.Runtime.ExceptionServices;

namespace Goroutines.Context;

/// <summary>The token views of the contexts that one cancellation has ended, to be cancelled after all of them have.</summary>
internal sealed class EndedTokens
{
    internal static readonly Func<EndedTokens, ValueTask> CancelAsync = static tokens =>
    {
        tokens.Cancel();
        return default;
    };

    private readonly List<CancellationTokenSource> _sources = [];

    internal void Add(CancellationTokenSource source) => _sources.Add(source);

    /// <summary>Cancels them all, whatever callbacks throw.</summary>
    /// <exception cref="AggregateException">Callbacks threw.</exception>
    internal void Cancel()
    {
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
