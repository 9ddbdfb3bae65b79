using System.Text;

namespace Goroutines.Cluster.Engine;

/// <summary>Converts any text to a token that every engine accepts as a name. Letters, digits, <c>-</c> and <c>_</c> stay; every other byte
/// becomes <c>~</c> and two hexadecimal digits.</summary>
internal static class Names
{
    internal const int MaxBytes = 100;

    internal static string Escape(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length > MaxBytes)
        {
            throw new ArgumentException($"A name has at most {MaxBytes} bytes; this one has {bytes.Length}.", nameof(name));
        }

        StringBuilder token = new(bytes.Length);
        foreach (byte b in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_')
            {
                token.Append((char)b);
            }
            else
            {
                token.Append('~').Append(b.ToString("X2", null));
            }
        }

        return token.ToString();
    }
}
