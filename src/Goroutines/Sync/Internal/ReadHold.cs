using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Sync;

/// <summary>One of the holds that readers of a <see cref="GoRWMutex"/> have at the same time. Their holders refer to it. Pooled.</summary>
/// <remarks>
/// <c>_version</c> is odd while the object is held and even while it is pooled. The caller that got the object from the pool makes the
/// version odd. A release claims it by CAS from the odd version of its hold to the next one, so only one release of a hold succeeds.
/// </remarks>
internal sealed class ReadHold : Pooled
{
    private GoRWMutex? _mutex;
    private long _version;

    /// <summary>The mutex's note of the holder; 0 if there is none. Owned by the holder.</summary>
    private long _noted;

    /// <summary>Makes a holder for a read lock that the caller has just got.</summary>
    internal static Holder Make(GoRWMutex mutex)
    {
        ReadHold hold = Pool<ReadHold>.TryRent(M.Current) ?? Allocate(mutex);
        hold._mutex = mutex;
        if (OperationHooks.Any)
        {
            hold._noted = mutex.NoteReader();
        }

        Volatile.Write(ref hold._version, hold._version + 1);
        return new Holder(hold, hold._version);
    }

    /// <summary>Releases the lock if there is no memory for a hold: a read lock without a hold could never be released.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadHold Allocate(GoRWMutex mutex)
    {
        try
        {
            return new ReadHold();
        }
        catch
        {
            mutex.ReleaseRead();
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">The hold has been released.</exception>
    internal void Release(long version)
    {
        if (Volatile.Read(ref _version) != version || Interlocked.CompareExchange(ref _version, version + 1, version) != version)
        {
            throw new InvalidOperationException("RUnlock of unlocked RWMutex: this holder was disposed before.");
        }

        GoRWMutex mutex = _mutex!;
        _mutex = null;
        if (_noted != 0)
        {
            mutex.ForgetReader(_noted);
            _noted = 0;
        }

        Pool<ReadHold>.Return(this, M.Current);
        mutex.ReleaseRead();
    }
}
