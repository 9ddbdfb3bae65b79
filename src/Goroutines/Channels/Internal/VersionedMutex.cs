using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>A <see cref="SpinMutex"/> that counts how often it was held, so that a reader without it can tell that nothing was changed meanwhile.</summary>
/// <remarks>
/// Only the holder writes <c>_version</c>, before the release store of <see cref="SpinMutex.Exit"/>. A reader adds the version up
/// before it reads what the lock guards, and again afterwards. If it finds the lock free with the same version both times, the lock
/// was not taken in between, and no earlier holder still held it. Otherwise, either the lock would still be held, or its holder
/// would have raised the version; a thread that sees the lock free again also sees that version. A mutable struct: never copy it.
/// </remarks>
internal struct VersionedMutex
{
    private SpinMutex _mutex;
    private uint _version;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter() => _mutex.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit()
    {
        _version++;
        _mutex.Exit();
    }

    /// <summary>Adds the version to <paramref name="sum"/>, in which those of several locks may be compared at once: each only grows.</summary>
    /// <returns><see langword="false"/> if the lock is held at this moment.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryAddVersion(ref uint sum)
    {
        if (_mutex.IsHeld)
        {
            return false;
        }

        sum += Volatile.Read(in _version);
        return true;
    }
}
