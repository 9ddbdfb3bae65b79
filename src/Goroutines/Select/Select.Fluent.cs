namespace Goroutines;

/// <summary>Builds a select in one expression, for a select that is used once.</summary>
/// <remarks>The forms with <see langword="out"/> return the case; those whose names begin with <c>And</c> add a case without returning it.</remarks>
public sealed partial class Select
{
    /// <summary>Adds a case that receives, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Receive<T>(Receiver<T> channel, out ReceiveCase<T> added)
    {
        added = Receive(channel);
        return this;
    }

    /// <inheritdoc cref="Receive{T}(Receiver{T}, out ReceiveCase{T})"/>
    public Select Receive<T>(Chan<T> channel, out ReceiveCase<T> added) => Receive(new Receiver<T>(channel), out added);

    /// <summary>Adds a case that sends, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="value">The value to send.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Send<T>(Sender<T> channel, T value, out SendCase<T> added)
    {
        added = Send(channel, value);
        return this;
    }

    /// <inheritdoc cref="Send{T}(Sender{T}, T, out SendCase{T})"/>
    public Select Send<T>(Chan<T> channel, T value, out SendCase<T> added) => Send(new Sender<T>(channel), value, out added);

    /// <summary>Adds a case that is chosen when no other case was chosen within a time limit, and returns this select to add more.</summary>
    /// <param name="after">The limit, as for <see cref="Timeout(TimeSpan)"/>.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Timeout(TimeSpan after, out TimeoutCase added)
    {
        added = Timeout(after);
        return this;
    }

    /// <summary>Adds a case that is chosen when a task has ended, and returns this select to add more.</summary>
    /// <param name="task">The task.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Await(Task task, out AwaitCase added)
    {
        added = Await(task);
        return this;
    }

    /// <summary>Adds a case that is chosen when a task has ended, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Await<T>(Task<T> task, out AwaitCase<T> added)
    {
        added = Await(task);
        return this;
    }

    /// <summary>Adds a case that is chosen when a goroutine has ended, and returns this select to add more.</summary>
    /// <param name="goroutine">The goroutine's handle.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="goroutine"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Join(Goroutine goroutine, out AwaitCase added)
    {
        added = Join(goroutine);
        return this;
    }

    /// <summary>Adds a case that is chosen when a goroutine has ended, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="goroutine">The goroutine's handle.</param>
    /// <param name="added">The case.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="goroutine"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select Join<T>(Goroutine<T> goroutine, out AwaitCase<T> added)
    {
        added = Join(goroutine);
        return this;
    }

    /// <summary>Adds a case that receives, without returning the case, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndReceive<T>(Receiver<T> channel) => Receive(channel, out _);

    /// <inheritdoc cref="AndReceive{T}(Receiver{T})"/>
    public Select AndReceive<T>(Chan<T> channel) => Receive(channel, out _);

    /// <summary>Adds a case that is chosen when a context has ended, and returns this select to add more.</summary>
    /// <param name="context">The context. If it cannot end, the case is never chosen.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndReceive(GoContext context)
    {
        Receive(context);
        return this;
    }

    /// <summary>Adds a case that sends, without returning the case, and returns this select to add more.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel; the nil channel is never chosen.</param>
    /// <param name="value">The value to send.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndSend<T>(Sender<T> channel, T value) => Send(channel, value, out _);

    /// <inheritdoc cref="AndSend{T}(Sender{T}, T)"/>
    public Select AndSend<T>(Chan<T> channel, T value) => Send(channel, value, out _);

    /// <summary>Adds a case that is chosen when no other case was chosen within a time limit, without returning the case, and returns this select to add more.</summary>
    /// <param name="after">The limit, as for <see cref="Timeout(TimeSpan)"/>.</param>
    /// <returns>This select.</returns>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndTimeout(TimeSpan after) => Timeout(after, out _);

    /// <summary>Adds a case that is chosen when a task has ended, without returning the case, and returns this select to add more.</summary>
    /// <param name="task">The task.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndAwait(Task task) => Await(task, out _);

    /// <summary>Adds a case that is chosen when a goroutine has ended, without returning the case, and returns this select to add more.</summary>
    /// <param name="goroutine">The goroutine's handle.</param>
    /// <returns>This select.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="goroutine"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The select is waiting.</exception>
    public Select AndJoin(Goroutine goroutine) => Join(goroutine, out _);

    /// <inheritdoc cref="AndJoin(Goroutine)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    public Select AndJoin<T>(Goroutine<T> goroutine) => Join(goroutine, out _);
}
