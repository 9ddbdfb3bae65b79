using System.IO.Compression;
using System.Xml.Linq;

namespace PackageCheck;

/// <summary>A package, opened, and the symbol package beside it, if there is one.</summary>
internal sealed class Package : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly ZipArchive? _symbols;

    private Package(string id, string path)
    {
        Id = id;
        _archive = ZipFile.OpenRead(path);
        string symbols = Path.ChangeExtension(path, ".snupkg");
        _symbols = File.Exists(symbols) ? ZipFile.OpenRead(symbols) : null;
        using Stream nuspec = _archive.GetEntry($"{id}.nuspec")!.Open();
        Metadata = XDocument.Load(nuspec).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
        Version = Value("version")!;
    }

    internal string Id { get; }

    internal string Version { get; }

    /// <summary>The element <c>metadata</c> of the nuspec.</summary>
    internal XElement Metadata { get; }

    /// <summary>The files, without those of the packaging itself.</summary>
    internal IEnumerable<ZipArchiveEntry> Files
        => _archive.Entries.Where(static entry => !entry.FullName.StartsWith("_rels/", StringComparison.Ordinal) && !entry.FullName.StartsWith("package/", StringComparison.Ordinal) && entry.FullName != "[Content_Types].xml");

    internal bool HasSymbols => _symbols is not null;

    /// <summary>Opens the package with this id in a folder; null, and a fault, if there is not exactly one.</summary>
    internal static Package? Find(string folder, string id, Faults faults)
    {
        string[] paths = PathsOf(folder, id);
        if (paths.Length != 1)
        {
            faults.Add($"{folder}: expected one package {id}, found {paths.Length}");
            return null;
        }

        return new Package(id, paths[0]);
    }

    internal static string[] PathsOf(string folder, string id)
        => [.. Directory.GetFiles(folder, $"{id}.*.nupkg").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[id.Length + 1]))];

    /// <summary>Returns the value of an element of the nuspec; null if it is not there.</summary>
    internal string? Value(string name) => Metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    /// <summary>Returns a file as text; empty if it is not there.</summary>
    internal string Text(string name)
    {
        if (_archive.GetEntry(name) is not { } entry)
        {
            return "";
        }

        using StreamReader reader = new(entry.Open());
        return reader.ReadToEnd();
    }

    /// <summary>Returns a file as a stream in memory; null if it is not there.</summary>
    internal MemoryStream? Read(string name) => Copy(_archive.GetEntry(name));

    /// <summary>Returns a file of the symbol package; null if it is not there.</summary>
    internal MemoryStream? ReadSymbols(string name) => Copy(_symbols?.GetEntry(name));

    public void Dispose()
    {
        _archive.Dispose();
        _symbols?.Dispose();
    }

    private static MemoryStream? Copy(ZipArchiveEntry? entry)
    {
        if (entry is null)
        {
            return null;
        }

        MemoryStream content = new();
        using Stream stream = entry.Open();
        stream.CopyTo(content);
        content.Position = 0;
        return content;
    }
}
