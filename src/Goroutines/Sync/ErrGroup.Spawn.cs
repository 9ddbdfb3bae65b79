using System.Runtime.CompilerServices;
using Goroutines.Scheduler;

namespace Goroutines;

/// <summary>Starting goroutines in a group.</summary>
public sealed partial class ErrGroup
{
    /// <summary>Starts a goroutine in the group, blocking the caller while <see cref="Limit"/> goroutines run (Go's <c>Group.Go</c>).</summary>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <remarks>In an async body with a limit, prefer <see cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>:
    /// this one blocks the thread, inside a goroutine as a blocking region. A goroutine with a stack of its own parks.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    public void Spawn(Func<Task> body) => Spawn(body, null, 0);

    /// <summary>Starts a goroutine with a synchronous body, on a stack of its own, in the group, blocking the caller while <see cref="Limit"/> goroutines run.</summary>
    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public void Spawn(Action body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => SpawnBlocking(body, file, line);

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => SpawnBlocking(body, file, line);

    /// <inheritdoc cref="Spawn(Action)"/>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => SpawnBlocking(body, file, line);

    /// <summary>Starts a goroutine in the group as soon as fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the others.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    /// <returns>A task that ends when the goroutine is started. Await it once.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first; the goroutine was not started.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask SpawnAsync(Func<ValueTask> body, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(body, file, line, cancellationToken);

    /// <inheritdoc cref="SpawnAsync(Func{ValueTask}, CancellationToken, string, int)"/>
    public ValueTask SpawnAsync(Func<Task> body, CancellationToken cancellationToken = default, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
        => SpawnWaiting(body, file, line, cancellationToken);

    /// <summary>Starts a goroutine in the group if fewer than <see cref="Limit"/> goroutines run (Go's <c>Group.TryGo</c>).</summary>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <returns>Whether it was started.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped.</exception>
    [OverloadResolutionPriority(1)]
    public bool TrySpawn(Func<ValueTask> body) => TrySpawn(body, null, 0);

    /// <inheritdoc cref="TrySpawn(Func{ValueTask})"/>
    public bool TrySpawn(Func<Task> body) => TrySpawn(body, null, 0);

    /// <summary>Starts a goroutine with a synchronous body, on a stack of its own, in the group if fewer than <see cref="Limit"/> goroutines run.</summary>
    /// <inheritdoc cref="TrySpawn(Func{ValueTask})"/>
    /// <exception cref="InvalidOperationException">The system refused a thread.</exception>
    public bool TrySpawn(Action body) => TrySpawn(body, null, 0);

    /// <inheritdoc cref="TrySpawn(Func{ValueTask})"/>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public bool TrySpawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => TryStart(body, file, line);

    /// <inheritdoc cref="TrySpawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public bool TrySpawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => TryStart(body, file, line);

    /// <inheritdoc cref="TrySpawn(Action)"/>
    /// <param name="body">The body. The first exception that leaves a body of the group cancels the group's token and is
    /// thrown by <see cref="WaitAsync()"/>.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public bool TrySpawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) => TryStart(body, file, line);

    private void SpawnBlocking(Delegate body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Enter() is { } places)
        {
            ThreadWait.Synchronously.Wait(places.AcquireAsync(1, WaitReason.ErrGroupSpawn, CancellationToken.None));
        }

        Start(body, file, line);
    }

    private ValueTask SpawnWaiting(Delegate body, string? file, int line, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (TryEnter())
        {
            Start(body, file, line);
            return default;
        }

        return WaitAndStart(body, file, line, cancellationToken);
    }

    private async ValueTask WaitAndStart(Delegate body, string? file, int line, CancellationToken cancellationToken)
    {
        if (Enter() is { } places)
        {
            try
            {
                await places.AcquireAsync(1, WaitReason.ErrGroupSpawn, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                _running.Done();
                throw;
            }
        }

        Start(body, file, line);
    }

    private bool TryStart(Delegate body, string? file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (!TryEnter())
        {
            return false;
        }

        Start(body, file, line);
        return true;
    }
}
