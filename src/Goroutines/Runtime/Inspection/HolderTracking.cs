using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Controls whether locks record which goroutine holds them.</summary>
/// <remarks>
/// <para>While it is on, the thread that gets a lock stores a word (<see cref="HolderMark"/>) beside it, after the step that took the lock. Nothing is stored
/// when the lock is released: a reader looks at the lock's own state first. So for a few instructions after a lock has changed hands, its word names the previous
/// holder; code that draws a conclusion from it looks twice. A lock that was taken before tracking began has no known holder.</para>
/// <para>While it is off, locks pay nothing: the store is behind <see cref="OperationHooks.Any"/>, which they test anyway.</para>
/// </remarks>
internal static class HolderTracking
{
    private static int s_users;
    private static byte s_epoch;
    private static SpinMutex s_gate;

    /// <summary>Whether locks currently record their holders.</summary>
    internal static bool IsOn => OperationHooks.TracksHolders;

    /// <summary>Turns it on, until <see cref="End"/> has been called as many times.</summary>
    internal static void Begin()
    {
        s_gate.Enter();
        if (s_users++ == 0)
        {
            s_epoch++;
            OperationHooks.Set(OperationHooks.HoldersTracked, true);
        }

        s_gate.Exit();
    }

    internal static void End()
    {
        s_gate.Enter();
        if (--s_users == 0)
        {
            OperationHooks.Set(OperationHooks.HoldersTracked, false);
        }

        s_gate.Exit();
    }

    /// <summary>Records that the calling goroutine has got a lock. Behind <see cref="OperationHooks.Any"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Note(ref long word) => Note(ref word, M.Current?.CurrentG);

    /// <summary>As <see cref="Note(ref long)"/>, for a path that is taken only while holders are tracked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void NoteNow(ref long word) => Volatile.Write(ref word, WordOf(M.Current?.CurrentG));

    /// <summary>Records that goroutine <paramref name="g"/> (null for a thread that is not a goroutine) has got a lock. Behind
    /// <see cref="OperationHooks.Any"/>.</summary>
    internal static void Note(ref long word, G? g)
    {
        if (OperationHooks.TracksHolders)
        {
            Volatile.Write(ref word, WordOf(g));
        }
    }

    /// <summary>Returns what a lock stores about a holder.</summary>
    internal static long WordOf(G? g) => HolderMark.InEpoch(HolderMark.Of(g), s_epoch);

    /// <summary>Returns the holder that a lock has recorded, as a <see cref="HolderMark"/>; 0 if it is not known.</summary>
    internal static long Read(ref long word) => IsOn ? HolderMark.WithoutEpoch(Volatile.Read(ref word), s_epoch) : 0;

    /// <summary>Returns one holder as a list, which is empty if the holder is not known.</summary>
    internal static long[] Known(long mark) => mark == 0 ? [] : [mark];
}
