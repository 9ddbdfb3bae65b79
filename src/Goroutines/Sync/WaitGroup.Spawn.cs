using System.Runtime.CompilerServices;
using Goroutines.Sync;

namespace Goroutines;

/// <summary>Goroutines that count themselves off (Go's <c>WaitGroup.Go</c>).</summary>
public sealed partial class WaitGroup
{
    /// <summary>Counts up and starts a goroutine that counts down when it ends.</summary>
    /// <param name="body">The body. An exception that leaves it is a panic: it goes to the panic handler, and then the
    /// goroutine counts as done.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The runtime was stopped; the counter is unchanged.</exception>
    [OverloadResolutionPriority(1)]
    public void Spawn(Func<ValueTask> body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    public void Spawn(Func<Task> body) => Spawn(body, null, 0);

    /// <summary>Counts up and starts a goroutine with a synchronous body, on a stack of its own, that counts down when it ends.</summary>
    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <exception cref="InvalidOperationException">The system refused a thread; the counter is unchanged.</exception>
    public void Spawn(Action body) => Spawn(body, null, 0);

    /// <inheritdoc cref="Spawn(Func{ValueTask})"/>
    /// <param name="body">The body. An exception that leaves it is a panic: it goes to the panic handler, and then the
    /// goroutine counts as done.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(3)]
    public void Spawn(Func<ValueTask> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Add(1);
        OwnedSpawn.Start(this, body, file, line, static group => group.Done());
    }

    /// <inheritdoc cref="Spawn(Func{ValueTask}, string, int)"/>
    [OverloadResolutionPriority(2)]
    public void Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Add(1);
        OwnedSpawn.Start(this, body, file, line, static group => group.Done());
    }

    /// <inheritdoc cref="Spawn(Action)"/>
    /// <param name="body">The body. An exception that leaves it is a panic: it goes to the panic handler, and then the
    /// goroutine counts as done.</param>
    /// <param name="file">The caller's source file, filled in by the compiler.</param>
    /// <param name="line">The caller's line, filled in by the compiler.</param>
    [OverloadResolutionPriority(2)]
    public void Spawn(Action body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        Add(1);
        OwnedSpawn.Start(this, body, file, line, static group => group.Done());
    }
}
