using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Where goroutines were created, as text.</summary>
internal static class Sites
{
    /// <summary>The site of a goroutine: its file and line, or its body's name where that is unknown.</summary>
    /// <param name="g">The goroutine.</param>
    /// <param name="fullPaths">Whether the file's folders are given as the compiler saw them; if not, only the last one is.</param>
    internal static string Of(G g, bool fullPaths)
        => g.CreatedFile is { Length: > 0 } file
            ? $"{(fullPaths ? file : Cut(file))}:{g.CreatedLine.ToString(CultureInfo.InvariantCulture)}"
            : Traceback.NameOf(g);

    /// <summary>A path without the folders of the machine that the program was built on: the file and its folder.</summary>
    internal static string Cut(string path)
    {
        int last = path.AsSpan().LastIndexOfAny('/', '\\');
        if (last <= 0)
        {
            return path;
        }

        int before = path.AsSpan(0, last).LastIndexOfAny('/', '\\');
        return before < 0 ? path : path[(before + 1)..].Replace('\\', '/');
    }
}
