using Goroutines.Sync;

namespace Goroutines;

/// <summary>One hold of a <see cref="GoMutex"/>, a <see cref="GoRWMutex"/> or a <see cref="WeightedSemaphore"/>:
/// <c>using (await mu.LockAsync()) { … }</c>.</summary>
/// <remarks>
/// Disposing it unlocks; any goroutine, task or thread may do so. It identifies one particular hold, so disposing it (or a copy)
/// again throws and never ends the hold of another caller. The default value holds nothing, and disposing it does nothing.
/// </remarks>
public readonly struct Holder : IDisposable, IEquatable<Holder>
{
    private readonly object? _held;
    private readonly long _version;

    internal Holder(object held, long version)
    {
        _held = held;
        _version = version;
    }

    /// <summary>Returns whether two values stand for the same hold.</summary>
    /// <param name="left">The first hold.</param>
    /// <param name="right">The second hold.</param>
    public static bool operator ==(Holder left, Holder right) => left.Equals(right);

    /// <summary>Returns whether two values stand for different holds.</summary>
    /// <param name="left">The first hold.</param>
    /// <param name="right">The second hold.</param>
    public static bool operator !=(Holder left, Holder right) => !left.Equals(right);

    /// <summary>Unlocks.</summary>
    /// <exception cref="InvalidOperationException">This hold has already ended: it was disposed, or the mutex was unlocked
    /// by other means. The mutex is unchanged.</exception>
    public void Dispose()
    {
        if (_held is GoMutex mutex)
        {
            mutex.Release(_version);
        }
        else if (_held is GoRWMutex rwMutex)
        {
            rwMutex.Release(_version);
        }
        else if (_held is ReadHold read)
        {
            read.Release(_version);
        }
        else if (_held is WeightedSemaphore semaphore)
        {
            semaphore.ReleaseHold(_version);
        }
    }

    /// <inheritdoc/>
    public bool Equals(Holder other) => ReferenceEquals(_held, other._held) && _version == other._version;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Holder other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_held, _version);
}
