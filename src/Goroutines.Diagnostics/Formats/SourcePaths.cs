namespace Goroutines.Diagnostics.Formats;

/// <summary>Cuts the folders that all source files have in common. They belong to the machine that built the program and would reveal its
/// layout.</summary>
internal sealed class SourcePaths
{
    private readonly string _root;

    internal SourcePaths(IEnumerable<string> files) => _root = CommonRoot(files);

    internal string Cut(string file)
        => _root.Length != 0 && file.StartsWith(_root, StringComparison.Ordinal) ? file[_root.Length..] : file;

    /// <summary>Returns the longest folder that contains all files, with its trailing separator; for a single file, its own folder. Paths
    /// that are not rooted do not count.</summary>
    private static string CommonRoot(IEnumerable<string> files)
    {
        string? root = null;
        foreach (string file in files)
        {
            int end = file.AsSpan().LastIndexOfAny('/', '\\') + 1;
            if (end == 0 || !(file[0] is '/' or '\\' || file.Contains(":\\", StringComparison.Ordinal)))
            {
                continue;
            }

            string folder = file[..end];
            if (root is null)
            {
                root = folder;
                continue;
            }

            int common = root.AsSpan().CommonPrefixLength(folder);
            root = root[..(root.AsSpan(0, common).LastIndexOfAny('/', '\\') + 1)];
        }

        return root ?? "";
    }
}
