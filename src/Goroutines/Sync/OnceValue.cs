using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>A value that is computed once, when it is first asked for (Go's <c>sync.OnceValue</c>).</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>All members may be called from any goroutine, task or thread. If the function throws, every caller gets that exception, including
/// later ones. The function is not kept alive once it has been called.</remarks>
[DebuggerDisplay("OnceValue {Done ? \"done\" : \"not done\",nq}")]
public sealed class OnceValue<T> : IOnceOwner
{
    // The caller that runs the function writes _value, _failure and _function before the Once is finished. Other callers read
    // them after they have seen that it is finished.
    private readonly Once _once;
    private Func<ValueTask<T>>? _function;
    private T _value = default!;
    private SharedFailure? _failure;

    /// <summary>Creates a value.</summary>
    /// <param name="function">Computes it. It runs as part of the first caller.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public OnceValue(Func<ValueTask<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _once = new Once { Owner = this };
        _function = function;
    }

    /// <summary>Creates a value.</summary>
    /// <param name="function">Computes it. It runs as part of the first caller.</param>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is <see langword="null"/>.</exception>
    public OnceValue(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _once = new Once { Owner = this };
        _function = () => new ValueTask<T>(function());
    }

    /// <inheritdoc cref="OnceValue{T}(Func{ValueTask{T}})"/>
    public OnceValue(Func<Task<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _once = new Once { Owner = this };
        _function = () => new ValueTask<T>(function());
    }

    /// <summary>Gets whether the function has ended, with or without an exception.</summary>
    public bool Done => _once.Done;

    /// <summary>Gets the value. The first call computes it.</summary>
    /// <param name="cancellationToken">Cancels the wait while another caller computes the value. The function itself runs to its end.</param>
    /// <returns>The value, or the exception that the function threw. Await it once.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default)
    {
        if (!_once.Done)
        {
            return GetSlow(cancellationToken);
        }

        return _failure is null ? new ValueTask<T>(_value) : new ValueTask<T>(_failure.AsTask<T>());
    }

    /// <summary>Gets the value, and blocks the caller until it is available. The first call computes it.</summary>
    /// <returns>The value.</returns>
    /// <remarks>For synchronous code. A goroutine with its own stack parks. Any other caller blocks its thread; in a goroutine,
    /// the wait is a blocking region.</remarks>
    public T Get()
    {
        if (!_once.Done)
        {
            _once.Do(RunBlocking);
        }

        _failure?.Throw();
        return _value;
    }

    private async ValueTask<T> GetSlow(CancellationToken cancellationToken)
    {
        await _once.DoAsync(Run, cancellationToken).ConfigureAwait(G.IsCurrentContext);
        _failure?.Throw();
        return _value;
    }

    void IOnceOwner.Broken(ObjectDisposedException reason) => _failure = new SharedFailure(reason);

    private void RunBlocking() => ThreadWait.Wait(Run());

    private async ValueTask Run()
    {
        Func<ValueTask<T>> function = _function!;
        _function = null;
        try
        {
            _value = await function().ConfigureAwait(G.IsCurrentContext);
        }
        catch (Exception exception)
        {
            _failure = new SharedFailure(exception); // thrown to every caller that asks for the value; the Once does not need it
        }
    }
}
