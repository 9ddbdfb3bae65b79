using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Formats the creation sites of goroutines.</summary>
internal static class Sites
{
    /// <summary>Returns a goroutine's creation site: file and line, or the body's name if they are unknown.</summary>
    /// <param name="g">The goroutine.</param>
    /// <param name="fullPaths">Whether the file's full path is given, as the compiler saw it; if not, only its last folder is.</param>
    internal static string Of(G g, bool fullPaths)
        => g.CreatedFile is { Length: > 0 } file
            ? $"{(fullPaths ? file : Cut(file))}:{g.CreatedLine.ToString(CultureInfo.InvariantCulture)}"
            : Traceback.NameOf(g);

    /// <summary>Shortens a path to the file and its folder. The other folders belong to the machine that built the program.</summary>
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
