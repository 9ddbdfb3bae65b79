using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>A cancellation token whose callbacks are explored, with the framework's promises: a registration comes before a cancellation or after it, and disposing of one waits for a callback that is running.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing.")]
internal sealed class ModelToken
{
    private static readonly ConditionalWeakTable<CancellationTokenSource, ModelToken> s_tokens = [];

    private readonly CancellationTokenSource _source = new();
    private int _running;
    private int _cancelled;
    private ModelThread? _canceller;

    internal ModelToken() => s_tokens.Add(_source, this);

    internal CancellationToken Token => _source.Token;

    internal static ModelToken? Of(CancellationToken token) => token.CanBeCanceled && s_tokens.TryGetValue(Source(ref token)!, out ModelToken? found) ? found : null;

    /// <summary>Cancels, on a thread that is explored: the callbacks run step by step.</summary>
    internal void Cancel()
    {
        Memory.Lock(ref _running, Sites.Count);
        _canceller = ModelThread.Current;
        Memory.Exchange(ref _cancelled, 1, Sites.Count);
        _source.Cancel();
        _canceller = null;
        Memory.StoreVolatile(ref _running, 0, Sites.Count);
    }

    /// <summary>In the step after this one the framework registers a callback, or calls it.</summary>
    internal void BeginRegistration() => Memory.Add(ref _cancelled, 0, Sites.Count);

    internal bool IsCancelled => Memory.LoadVolatile(ref _cancelled, Sites.Count) != 0;

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
