using System.Globalization;
using System.Text;

namespace Digest;

/// <summary>
/// The lines of sha256sum: the hash, two spaces, the path. A path with a backslash or a line break is escaped, and the
/// line then begins with a backslash.
/// </summary>
internal static class SumLine
{
    private static readonly char[] s_escaped = ['\\', '\n', '\r'];

    internal static string Format(string hash, string path)
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            path = path.Replace('\\', '/');
        }

        return path.IndexOfAny(s_escaped) < 0
            ? $"{hash}  {path}\n"
            : $"\\{hash}  {path.Replace(@"\", @"\\").Replace("\n", @"\n").Replace("\r", @"\r")}\n";
    }

    /// <summary>The path for a message: with nothing in it that a terminal would obey.</summary>
    internal static string Printable(string path)
    {
        var text = new StringBuilder(path.Length);
        foreach (var c in path)
        {
            if (char.IsControl(c))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }
}
