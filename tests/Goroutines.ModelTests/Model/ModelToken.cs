using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>A cancellation token whose callbacks are explored, with the framework's promise: disposing of a registration waits for one that is running.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing.")]
internal sealed class ModelToken
{
    private static readonly ConditionalWeakTable<CancellationTokenSource, ModelToken> s_tokens = [];

    private readonly CancellationTokenSource _source = new();
    private int _running;
    private ModelThread? _canceller;

    internal ModelToken() => s_tokens.Add(_source, this);

    internal CancellationToken Token => _source.Token;

    internal static ModelToken? Of(CancellationToken token) => token.CanBeCanceled && s_tokens.TryGetValue(Source(ref token)!, out ModelToken? found) ? found : null;

    /// <summary>Cancels, on a thread that is explored: the callbacks run step by step.</summary>
    internal void Cancel()
    {
        Memory.Lock(ref _running, Sites.Count);
        _canceller = ModelThread.Current;
        _source.Cancel();
        _canceller = null;
        Memory.StoreVolatile(ref _running, 0, Sites.Count);
    }

    internal void AwaitCallbacks()
    {
        if (ReferenceEquals(_canceller, ModelThread.Current))
        {
            return;
        }

        Memory.Lock(ref _running, Sites.Count);
        Memory.StoreVolatile(ref _running, 0, Sites.Count);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    private static extern ref CancellationTokenSource? Source(ref CancellationToken token);
}
