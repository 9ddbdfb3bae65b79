using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>Values of a word: what a processor loads and stores at once.</summary>
internal static class Word
{
    /// <summary>Whether a <typeparamref name="T"/> is one: a reference, or at most eight bytes without any.</summary>
    internal static bool Is<T>() => !typeof(T).IsValueType || (!RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() is 1 or 2 or 4 or 8);

    internal static long Of<T>(T value) => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.As<T, byte>(ref value),
        2 => Unsafe.As<T, short>(ref value),
        4 => Unsafe.As<T, int>(ref value),
        _ => Unsafe.As<T, long>(ref value),
    };

    internal static T From<T>(long word) => Unsafe.As<long, T>(ref word);

    internal static T From<T>(PendingStore store) => store.IsReference ? (T)store.Reference! : From<T>(store.Word);

    internal static bool Same<T>(T a, T b) => typeof(T).IsValueType ? Of(a) == Of(b) : ReferenceEquals(a, b);
}
