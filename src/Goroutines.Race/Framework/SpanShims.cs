using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Span{T}"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Span<>))]
public static class SpanShims
{
    /// <inheritdoc cref="Span{T}.CopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void CopyTo<T>(ref Span<T> self, Span<T> destination, int site)
    {
        ReadOnlySpanShims.Copies(self, destination, site);
        self.CopyTo(destination);
    }

    /// <inheritdoc cref="Span{T}.TryCopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static bool TryCopyTo<T>(ref Span<T> self, Span<T> destination, int site)
    {
        ReadOnlySpanShims.Copies(self, destination, site);
        return self.TryCopyTo(destination);
    }

    /// <inheritdoc cref="Span{T}.ToArray"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static T[] ToArray<T>(ref Span<T> self, int site)
    {
        RaceRange.Read<T>(self, site);
        return self.ToArray();
    }

    /// <inheritdoc cref="Span{T}.Clear"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void Clear<T>(ref Span<T> self, int site)
    {
        RaceRange.Write<T>(self, site);
        self.Clear();
    }

    /// <inheritdoc cref="Span{T}.Fill"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void Fill<T>(ref Span<T> self, T value, int site)
    {
        RaceRange.Write<T>(self, site);
        self.Fill(value);
    }
}

/// <summary>Replaces the methods of <see cref="ReadOnlySpan{T}"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ReadOnlySpan<>))]
public static class ReadOnlySpanShims
{
    /// <inheritdoc cref="ReadOnlySpan{T}.CopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void CopyTo<T>(ref ReadOnlySpan<T> self, Span<T> destination, int site)
    {
        Copies(self, destination, site);
        self.CopyTo(destination);
    }

    /// <inheritdoc cref="ReadOnlySpan{T}.TryCopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static bool TryCopyTo<T>(ref ReadOnlySpan<T> self, Span<T> destination, int site)
    {
        Copies(self, destination, site);
        return self.TryCopyTo(destination);
    }

    /// <inheritdoc cref="ReadOnlySpan{T}.ToArray"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static T[] ToArray<T>(ref ReadOnlySpan<T> self, int site)
    {
        RaceRange.Read(self, site);
        return self.ToArray();
    }

    /// <summary>Records a copy, unless it does not fit.</summary>
    internal static void Copies<T>(ReadOnlySpan<T> source, Span<T> destination, int site)
    {
        if (source.Length <= destination.Length)
        {
            RaceRange.Read(source, site);
            RaceRange.Write<T>(destination[..source.Length], site);
        }
    }
}

/// <summary>Replaces the methods of <see cref="Memory{T}"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Memory<>))]
public static class MemoryShims
{
    /// <inheritdoc cref="Memory{T}.CopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void CopyTo<T>(ref Memory<T> self, Memory<T> destination, int site)
    {
        ReadOnlySpanShims.Copies<T>(self.Span, destination.Span, site);
        self.CopyTo(destination);
    }

    /// <inheritdoc cref="Memory{T}.ToArray"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static T[] ToArray<T>(ref Memory<T> self, int site)
    {
        RaceRange.Read<T>(self.Span, site);
        return self.ToArray();
    }
}

/// <summary>Replaces the methods of <see cref="ReadOnlyMemory{T}"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ReadOnlyMemory<>))]
public static class ReadOnlyMemoryShims
{
    /// <inheritdoc cref="ReadOnlyMemory{T}.CopyTo"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void CopyTo<T>(ref ReadOnlyMemory<T> self, Memory<T> destination, int site)
    {
        ReadOnlySpanShims.Copies(self.Span, destination.Span, site);
        self.CopyTo(destination);
    }

    /// <inheritdoc cref="ReadOnlyMemory{T}.ToArray"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static T[] ToArray<T>(ref ReadOnlyMemory<T> self, int site)
    {
        RaceRange.Read(self.Span, site);
        return self.ToArray();
    }
}

/// <summary>Replaces the methods of <see cref="MemoryExtensions"/> that access many elements.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(MemoryExtensions))]
public static class MemoryExtensionsShims
{
    /// <inheritdoc cref="MemoryExtensions.CopyTo{T}(T[], Span{T})"/>
    public static void CopyTo<T>(T[]? source, Span<T> destination, int site)
    {
        ReadOnlySpanShims.Copies(source, destination, site);
        source.CopyTo(destination);
    }

    /// <inheritdoc cref="MemoryExtensions.CopyTo{T}(T[], Memory{T})"/>
    public static void CopyTo<T>(T[]? source, Memory<T> destination, int site)
    {
        ReadOnlySpanShims.Copies(source, destination.Span, site);
        source.CopyTo(destination);
    }

    /// <inheritdoc cref="MemoryExtensions.SequenceEqual{T}(ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    public static bool SequenceEqual<T>(ReadOnlySpan<T> span, ReadOnlySpan<T> other, int site)
        where T : IEquatable<T>?
    {
        RaceRange.Read(span, site);
        RaceRange.Read(other, site);
        return span.SequenceEqual(other);
    }

    /// <inheritdoc cref="MemoryExtensions.Reverse{T}(Span{T})"/>
    public static void Reverse<T>(Span<T> span, int site)
    {
        RaceRange.Write<T>(span, site);
        span.Reverse();
    }

    /// <inheritdoc cref="MemoryExtensions.Sort{T}(Span{T})"/>
    public static void Sort<T>(Span<T> span, int site)
    {
        RaceRange.Write<T>(span, site);
        span.Sort();
    }
}
