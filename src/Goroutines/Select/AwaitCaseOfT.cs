using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that is chosen when a task or a goroutine with a result has ended, with or without success.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks><inheritdoc cref="AwaitCase" path="/remarks"/></remarks>
public sealed class AwaitCase<T> : AwaitCase
{
    internal AwaitCase(Select owner, int index, object? awaited)
        : base(owner, index, awaited)
    {
    }

    /// <inheritdoc cref="AwaitCase.Task"/>
    public new Task<T>? Task
    {
        get => (Task<T>?)AwaitedTask;
        set => SetAwaited(value);
    }

    /// <summary>The result. What the task or the goroutine failed with is thrown here.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public T Value => Awaited switch
    {
        Goroutine<T> { IsCompleted: true } goroutine => goroutine.TakeOutcome(),
        Task<T> { IsCompleted: true } task => task.GetAwaiter().GetResult(),
        _ => throw NotEnded(),
    };

    private protected override Task? AwaitedTask => Awaited is Goroutine<T> goroutine ? goroutine.AsTask() : (Task<T>?)Awaited;

    /// <summary>Takes the outcome: gives the result, or throws what the task or the goroutine failed with.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public new T GetResult() => Value;

    private protected override Chan<Unit>? EndOf(object? awaited) => awaited is Goroutine<T> goroutine ? ((EndChannel)goroutine.Ended(EndChannel.Make)).Channel : base.EndOf(awaited);
}
