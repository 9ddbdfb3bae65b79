namespace PackageCheck;

/// <summary>The package has the files that belong into it, and no others.</summary>
internal static class ContentsCheck
{
    internal static void Run(Package package, PackageSpec spec, Faults faults)
    {
        string[] papers = ["README.md", "CHANGELOG.md", "LICENSE", "icon.png", "bom.cdx.json", $"{spec.Id}.nuspec"];
        string[] wanted = spec.Kind switch
        {
            PackageKind.Library => [.. papers, $"lib/net10.0/{spec.Id}.dll", $"lib/net10.0/{spec.Id}.xml", .. spec.Files],
            PackageKind.Tool => [.. papers, "THIRD-PARTY-NOTICES.md", .. ToolFiles(package)],
            _ => [.. papers, .. TemplateFiles()],
        };
        string[] found = [.. package.Files.Select(static entry => entry.FullName)];
        faults.AddRange(wanted.Except(found).Select(name => $"{spec.Id}: missing: {name}"));
        faults.AddRange(found.Except(wanted).Select(name => $"{spec.Id}: does not belong there: {name}"));
        faults.AddRange(package.Files.Where(static entry => entry.Length < 20).Select(entry => $"{spec.Id}: as good as empty: {entry.FullName}"));
        if (spec.Kind == PackageKind.Library && !package.HasSymbols)
        {
            faults.Add($"{spec.Id}: there is no symbol package");
        }

        CheckIcon(package, faults);
    }

    /// <summary>The tool's program and its settings, an assembly for each component that the bill of materials names, and the symbols of ours.</summary>
    private static IEnumerable<string> ToolFiles(Package package)
    {
        IEnumerable<string> names = ["DotnetToolSettings.xml", $"{package.Id}.deps.json", $"{package.Id}.runtimeconfig.json", $"{package.Id}.dll", $"{package.Id}.pdb"];
        foreach (Component component in Bill.Of(package).Components)
        {
            names = names.Append($"{component.Name}.dll");
            if (component.IsOurs)
            {
                names = names.Append($"{component.Name}.pdb");
            }
        }

        return names.Select(static name => $"tools/net10.0/any/{name}");
    }

    /// <summary>The files below <c>content</c> in the repository.</summary>
    private static IEnumerable<string> TemplateFiles()
    {
        const string Root = "src/Goroutines.Templates";
        return Directory.EnumerateFiles(Path.Combine(Root, "content"), "*", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(static path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal));
    }

    /// <summary>The icon is a PNG of at least 128 by 128 pixels, as galleries want it.</summary>
    private static void CheckIcon(Package package, Faults faults)
    {
        using MemoryStream? icon = package.Read("icon.png");
        if (icon is null)
        {
            return; // said already
        }

        ReadOnlySpan<byte> bytes = icon.ToArray();
        bool isPng = bytes.Length > 24 && bytes[..8].SequenceEqual<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        if (!isPng || Side(bytes[16..]) < 128 || Side(bytes[20..]) != Side(bytes[16..]))
        {
            faults.Add($"{package.Id}: the icon is not a square PNG of at least 128 by 128 pixels");
        }

        static int Side(ReadOnlySpan<byte> at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(at);
    }
}
