using Digest;

namespace Files;

/// <summary>Finds the file for a path, never one outside of the folder. Symbolic links in the folder are followed.</summary>
internal sealed class FileTree
{
    private const string Index = "index.html";

    private readonly string _root;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    internal FileTree(string root)
    {
        _root = Path.GetFullPath(root);
        if (!Directory.Exists(_root))
        {
            throw new DirectoryNotFoundException($"{root} is not a folder");
        }
    }

    /// <summary>Looks a request's target up.</summary>
    /// <param name="target">As it came, with its escapes and its query.</param>
    internal Found Find(string target)
    {
        var path = target.Split('?', 2)[0];
        var decoded = Uri.UnescapeDataString(path);

        // Looked at after decoding: "%2e%2e" means the same as "..".
        if (!decoded.StartsWith('/') || decoded.Contains('\0') || decoded.Contains('\\') || decoded.Split('/').Contains(".."))
        {
            return new Found(400, "");
        }

        var file = Path.Join(_root, decoded);
        if (!Directory.Exists(file))
        {
            return !Path.EndsInDirectorySeparator(file) && IsFile(file) ? new Found(200, file) : new Found(404, "");
        }

        if (!Path.EndsInDirectorySeparator(file))
        {
            // Relative links in the index need the slash. A second one at the front would name another host.
            return new Found(301, "/" + path.Trim('/') + "/");
        }

        file = Path.Join(file, Index);
        return IsFile(file) ? new Found(200, file) : new Found(404, "");
    }

    /// <summary>Opening a named pipe would wait for its writer, and a device may never end.</summary>
    private static bool IsFile(string path)
        => File.Exists(path) && FileKind.Special(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) is null;
}

/// <summary>What was found.</summary>
/// <param name="Status">The status to answer with.</param>
/// <param name="Path">With 200 the file, with 301 the place to go to.</param>
internal readonly record struct Found(int Status, string Path);
