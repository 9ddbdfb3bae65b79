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

    /// <summary>Gets the result. If the task or goroutine failed, its exception is thrown here.</summary>
    /// <exception cref="InvalidOperationException">The task or goroutine has not ended yet.</exception>
    public T Value => Awaited switch
    {
        Goroutine<T> { IsCompleted: true } goroutine => goroutine.TakeOutcome(),
        Task<T> { IsCompleted: true } task => task.GetAwaiter().GetResult(),
        _ => throw NotEnded(),
    };

    private protected override Task? AwaitedTask => Awaited is Goroutine<T> goroutine ? goroutine.AsTask() : (Task<T>?)Awaited;

    /// <summary>Takes the outcome: returns the result if the task or goroutine succeeded; otherwise, throws its exception.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The task or goroutine has not ended yet.</exception>
    public new T GetResult() => Value;

    private protected override Chan<Unit>? EndOf(object? awaited) => awaited is Goroutine<T> goroutine ? ((EndChannel)goroutine.Ended(EndChannel.Make)).Channel : base.EndOf(awaited);
}
