using System.ComponentModel;
using System.Text;

namespace Goroutines.Race;

/// <summary>Replaces the constructors and methods of <see cref="string"/> that read characters of an array.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(string))]
public static class StringShims
{
    /// <inheritdoc cref="string(char[])"/>
    public static string New(char[]? value, int site)
    {
        RaceRange.Access(value, AccessKind.Read, site);
        return new string(value);
    }

    /// <inheritdoc cref="string(char[], int, int)"/>
    public static string New(char[] value, int startIndex, int length, int site)
    {
        RaceRange.Access(value, startIndex, length, AccessKind.Read, site);
        return new string(value, startIndex, length);
    }

    /// <inheritdoc cref="string(ReadOnlySpan{char})"/>
    public static string New(ReadOnlySpan<char> value, int site)
    {
        RaceRange.Read(value, site);
        return new string(value);
    }

    /// <inheritdoc cref="string.Join(string, string[])"/>
    public static string Join(string? separator, string?[] value, int site)
    {
        RaceRange.Access(value, AccessKind.Read, site);
        return string.Join(separator, value);
    }

    /// <inheritdoc cref="string.Concat(string[])"/>
    public static string Concat(string?[] values, int site)
    {
        RaceRange.Access(values, AccessKind.Read, site);
        return string.Concat(values);
    }
}

/// <summary>Replaces the methods of <see cref="Encoding"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Encoding))]
public static class EncodingShims
{
    /// <inheritdoc cref="Encoding.GetString(byte[])"/>
    public static string GetString(Encoding self, byte[] bytes, int site)
    {
        RaceRange.Access(bytes, AccessKind.Read, site);
        return self.GetString(bytes);
    }

    /// <inheritdoc cref="Encoding.GetString(byte[], int, int)"/>
    public static string GetString(Encoding self, byte[] bytes, int index, int count, int site)
    {
        RaceRange.Access(bytes, index, count, AccessKind.Read, site);
        return self.GetString(bytes, index, count);
    }

    /// <inheritdoc cref="Encoding.GetString(ReadOnlySpan{byte})"/>
    public static string GetString(Encoding self, ReadOnlySpan<byte> bytes, int site)
    {
        RaceRange.Read(bytes, site);
        return self.GetString(bytes);
    }

    /// <inheritdoc cref="Encoding.GetBytes(string, int, int, byte[], int)"/>
    public static int GetBytes(Encoding self, string s, int charIndex, int charCount, byte[] bytes, int byteIndex, int site)
    {
        int written = self.GetBytes(s, charIndex, charCount, bytes, byteIndex);
        RaceRange.Access(bytes, byteIndex, written, AccessKind.Write, site);
        return written;
    }

    /// <inheritdoc cref="Encoding.GetBytes(ReadOnlySpan{char}, Span{byte})"/>
    public static int GetBytes(Encoding self, ReadOnlySpan<char> chars, Span<byte> bytes, int site)
    {
        RaceRange.Read(chars, site);
        int written = self.GetBytes(chars, bytes);
        RaceRange.Write<byte>(bytes[..written], site);
        return written;
    }
}
