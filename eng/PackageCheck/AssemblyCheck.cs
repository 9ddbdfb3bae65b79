using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace PackageCheck;

/// <summary>Our assemblies are deterministic and name no folder of the machine that built them; the symbols are theirs and lead to sources; code for
/// one system is in the folders of systems only; and the compiler of the oldest SDK loads the analyzers.</summary>
internal static class AssemblyCheck
{
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    /// <summary>Whether the build was one whose symbols are for others (ContinuousIntegrationBuild).</summary>
    private static readonly bool s_isForOthers = Environment.GetEnvironmentVariable("CI") == "true";

    internal static void Run(Package package, PackageSpec spec, Faults faults)
    {
        foreach (string path in package.Files.Select(static entry => entry.FullName).Where(static path => path.EndsWith(".dll", StringComparison.Ordinal)
            && Path.GetFileName(path).StartsWith("Goroutines", StringComparison.Ordinal)))
        {
            CheckBuild(package, path, faults);
            if (path.StartsWith("analyzers/", StringComparison.Ordinal))
            {
                CheckRoslyn(package, path, faults);
            }
        }

        if (spec.Kind == PackageKind.Library && package.Read($"lib/net10.0/{spec.Id}.dll") is { } assembly)
        {
            CheckSymbols(package, assembly, $"lib/net10.0/{spec.Id}.pdb", faults);
            CheckCompiled(package, $"lib/net10.0/{spec.Id}.dll", faults);
        }
    }

    private static void CheckBuild(Package package, string path, Faults faults)
    {
        using PEReader reader = new(package.Read(path)!);
        DebugDirectoryEntry[] entries = [.. reader.ReadDebugDirectory()];
        if (!entries.Any(static entry => entry.Type == DebugDirectoryEntryType.Reproducible))
        {
            faults.Add($"{package.Id}: {path} is not deterministic");
        }

        foreach (DebugDirectoryEntry entry in entries.Where(static entry => entry.Type == DebugDirectoryEntryType.CodeView))
        {
            string symbols = reader.ReadCodeViewDebugDirectoryData(entry).Path;
            if (s_isForOthers && Path.IsPathRooted(symbols) && !symbols.StartsWith("/_/", StringComparison.Ordinal))
            {
                faults.Add($"{package.Id}: {path} names a folder of the machine that built it: {symbols}");
            }
        }
    }

    private static void CheckSymbols(Package package, MemoryStream assembly, string name, Faults faults)
    {
        if (package.ReadSymbols(name) is not { } debug)
        {
            faults.Add($"{package.Id}: missing: {name} in the symbol package");
            return;
        }

        using PEReader reader = new(assembly);
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(debug);
        MetadataReader pdb = provider.GetMetadataReader();
        DebugDirectoryEntry codeView = reader.ReadDebugDirectory().Single(static entry => entry.Type == DebugDirectoryEntryType.CodeView);
        BlobContentId symbolId = new(pdb.DebugMetadataHeader!.Id);
        if (symbolId.Guid != reader.ReadCodeViewDebugDirectoryData(codeView).Guid)
        {
            faults.Add($"{package.Id}: the symbols are of another build than the assembly");
        }

        string links = "";
        HashSet<string> embedded = [];
        foreach (CustomDebugInformation information in pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation))
        {
            Guid kind = pdb.GetGuid(information.Kind);
            if (kind == s_sourceLink)
            {
                links = Encoding.UTF8.GetString(pdb.GetBlobBytes(information.Value));
            }
            else if (kind == s_embeddedSource)
            {
                embedded.Add(pdb.GetString(pdb.GetDocument((DocumentHandle)information.Parent).Name));
            }
        }

        string[] documents = [.. pdb.Documents.Select(handle => pdb.GetString(pdb.GetDocument(handle).Name))];
        if (s_isForOthers && documents.FirstOrDefault(static document => !document.StartsWith("/_/", StringComparison.Ordinal)) is { } local)
        {
            faults.Add($"{package.Id}: the symbols name a folder of the machine that built it: {local}");
        }

        // Without a remote that Source Link knows there is no address, and a link would lead nowhere.
        if (HasKnownRemote() && !links.Contains("\"documents\":", StringComparison.Ordinal))
        {
            faults.Add($"{package.Id}: the symbols have no Source Link");
        }

        faults.AddRange(documents
            .Where(document => (document.Contains("/obj/", StringComparison.Ordinal) || document.Contains("/generated/", StringComparison.Ordinal)) && !embedded.Contains(document))
            .Select(document => $"{package.Id}: {document} is not in the repository and not embedded"));
    }

    /// <summary>The assemblies with code compiled ahead of time are the same one as that in lib, which has none: the symbols are those of all of
    /// them.</summary>
    private static void CheckCompiled(Package package, string library, Faults faults)
    {
        (Guid build, bool hasCode) = Read(library);
        if (hasCode)
        {
            faults.Add($"{package.Id}: {library} has code for one system");
        }

        foreach (string path in package.Files.Select(static entry => entry.FullName).Where(static path => path.StartsWith("runtimes/", StringComparison.Ordinal)))
        {
            (Guid of, bool code) = Read(path);
            if (!code)
            {
                faults.Add($"{package.Id}: {path} has no code compiled ahead of time");
            }

            if (of != build)
            {
                faults.Add($"{package.Id}: {path} is of another build than {library}");
            }
        }

        (Guid Build, bool HasCode) Read(string path)
        {
            using PEReader reader = new(package.Read(path)!);
            MetadataReader metadata = reader.GetMetadataReader();
            return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size != 0);
        }
    }

    /// <summary>The compiler of the oldest SDK that takes the package is Roslyn 5.0; it skips analyzers that refer to a newer one, with a warning
    /// that is easily overlooked.</summary>
    private static void CheckRoslyn(Package package, string path, Faults faults)
    {
        using PEReader reader = new(package.Read(path)!);
        MetadataReader metadata = reader.GetMetadataReader();
        foreach (AssemblyReference reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            string name = metadata.GetString(reference.Name);
            if (name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && reference.Version is not { Major: 5, Minor: 0 })
            {
                faults.Add($"{package.Id}: {path} refers to {name} {reference.Version}, which SDK 10.0.100 does not have");
            }

            if (name.EndsWith("Workspaces", StringComparison.Ordinal) && path.EndsWith("Analyzers.dll", StringComparison.Ordinal))
            {
                faults.Add($"{package.Id}: {path} refers to {name}, which a compiler does not load");
            }
        }
    }

    private static bool HasKnownRemote()
    {
        using Process git = Process.Start(new ProcessStartInfo("git", ["remote", "-v"]) { RedirectStandardOutput = true })!;
        string remotes = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return remotes.Contains("github.com", StringComparison.Ordinal);
    }
}
