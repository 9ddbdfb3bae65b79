namespace Goroutines;

/// <summary>Adds and removes the cases of a select.</summary>
public sealed partial class Select
{
    /// <summary>Adds a case that receives.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <returns>The case. After a wait that chose it, it holds the received value.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public ReceiveCase<T> Receive<T>(Receiver<T> channel) => Add(new ReceiveCase<T>(this, NextIndex(), channel));

    /// <inheritdoc cref="Receive{T}(Receiver{T})"/>
    public ReceiveCase<T> Receive<T>(Chan<T> channel) => Receive(new Receiver<T>(channel));

    /// <summary>Adds a case that is chosen when a context has ended (Go's <c>case &lt;-ctx.Done():</c>).</summary>
    /// <param name="context">The context. If it cannot end, the case is never chosen.</param>
    /// <returns>The case. A context that has ended stays ended: later waits choose the case again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public ReceiveCase<Unit> Receive(GoContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Receive(context.Done);
    }

    /// <summary>Adds a case that sends. Set <see cref="SendCase{T}.Value"/> before each wait.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public SendCase<T> Send<T>(Sender<T> channel) => Send(channel, default!);

    /// <inheritdoc cref="Send{T}(Sender{T})"/>
    public SendCase<T> Send<T>(Chan<T> channel) => Send(new Sender<T>(channel), default!);

    /// <summary>Adds a case that sends.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="value">The value. To change it between waits, set <see cref="SendCase{T}.Value"/>.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public SendCase<T> Send<T>(Sender<T> channel, T value) => Add(new SendCase<T>(this, NextIndex(), channel, value));

    /// <inheritdoc cref="Send{T}(Sender{T}, T)"/>
    public SendCase<T> Send<T>(Chan<T> channel, T value) => Send(new Sender<T>(channel), value);

    /// <summary>Adds a case that is chosen when no other case was chosen within a time limit. Each wait starts the time anew.</summary>
    /// <param name="after">The limit. If it is zero or negative, the wait does not wait at all; if it is
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, there is no limit.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public TimeoutCase Timeout(TimeSpan after) => Add(new TimeoutCase(this, NextIndex(), after));

    /// <summary>Adds a case that is chosen when a task has ended, with or without success.</summary>
    /// <param name="task">The task.</param>
    /// <returns>The case.</returns>
    /// <remarks>The library registers with a task only once, however often and in however many selects it is waited for. If the task
    /// failed, choosing the case does not throw its exception; <see cref="AwaitCase.GetResult"/> does.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public AwaitCase Await(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Add(new AwaitCase(this, NextIndex(), task));
    }

    /// <summary>Adds a case that is chosen when a task has ended, with or without success.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="task">The task.</param>
    /// <returns>The case. After a wait that chose it, it holds the result.</returns>
    /// <remarks>The library registers with a task only once, however often and in however many selects it is waited for. If the task
    /// failed, choosing the case does not throw its exception; <see cref="AwaitCase{T}.Value"/> does.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public AwaitCase<T> Await<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Add(new AwaitCase<T>(this, NextIndex(), task));
    }

    /// <summary>Adds a case that is chosen when a goroutine has ended, with or without success.</summary>
    /// <param name="goroutine">The goroutine's handle.</param>
    /// <returns>The case. The body's exception stays with the handle until <see cref="AwaitCase.GetResult"/>, or a join, takes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="goroutine"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public AwaitCase Join(Goroutine goroutine)
    {
        ArgumentNullException.ThrowIfNull(goroutine);
        return Add(new AwaitCase(this, NextIndex(), goroutine));
    }

    /// <summary>Adds a case that is chosen when a goroutine has ended, with or without success.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="goroutine">The goroutine's handle.</param>
    /// <returns>The case. After a wait that chose it, it holds the result. The body's exception stays with the handle until
    /// <see cref="AwaitCase{T}.Value"/>, or a join, takes it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="goroutine"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public AwaitCase<T> Join<T>(Goroutine<T> goroutine)
    {
        ArgumentNullException.ThrowIfNull(goroutine);
        return Add(new AwaitCase<T>(this, NextIndex(), goroutine));
    }

    /// <summary>Removes a case between waits. The other cases keep their objects and close the gap: <see cref="SelectCase.Index"/> and the
    /// indexes that waits return follow the order of the remaining cases.</summary>
    /// <param name="case">The case. It keeps the result of the last wait. Changing it no longer has an effect.</param>
    /// <exception cref="ArgumentNullException"><paramref name="case"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The case belongs to another select, or has already been removed.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public void Remove(SelectCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case, nameof(@case));
        if (!ReferenceEquals(@case.Owner, this) || @case.Index < 0)
        {
            throw new ArgumentException("The case is none of this select: it belongs to another one, or was removed before.", nameof(@case));
        }

        EnsureIdle();
        if (@case.IsListed)
        {
            Unlist(@case);
        }

        int index = @case.Index;
        _cases.RemoveAt(index, _count);
        _count--;
        @case.MoveTo(-1);
        foreach (SelectCase later in _cases.First(_count)[index..])
        {
            later.MoveTo(index++);
        }
    }

    private int NextIndex()
    {
        EnsureIdle();
        return _count;
    }

    private TCase Add<TCase>(TCase added)
        where TCase : SelectCase
    {
        _cases.Insert(_count, added, _count);
        _count++;
        if (added.IsLive)
        {
            List(added);
        }

        return added;
    }
}
