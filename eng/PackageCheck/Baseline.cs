using System.IO.Compression;
using Mono.Cecil;

namespace PackageCheck;

/// <summary>Makes packages that stand for the last release in a test of package validation: a package with one more public type than the one to be
/// validated, which therefore seems to have removed it.</summary>
internal static class Baseline
{
    /// <summary>The type that is planted, in the namespace of the assembly's name.</summary>
    internal const string Planted = "RemovedSinceTheLastRelease";

    /// <summary>Copies a package into another folder, with the planted type in each assembly that programs refer to.</summary>
    internal static void Plant(string folder, string baselines, string id)
    {
        Directory.CreateDirectory(baselines);
        string source = Package.PathsOf(folder, id).Single();
        string copy = Path.Combine(baselines, Path.GetFileName(source));
        File.Copy(source, copy, overwrite: true);
        using ZipArchive archive = ZipFile.Open(copy, ZipArchiveMode.Update);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.Name == $"{id}.dll").ToArray())
        {
            using MemoryStream content = new();
            using (Stream stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            content.Position = 0;
            using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(content);
            TypeReference root = assembly.MainModule.TypeSystem.Object;
            assembly.MainModule.Types.Add(new TypeDefinition(id, Planted, TypeAttributes.Public | TypeAttributes.Class | TypeAttributes.Abstract | TypeAttributes.Sealed, root));
            using Stream target = archive.GetEntry(entry.FullName)!.Open();
            target.SetLength(0);
            assembly.Write(target);
        }
    }
}
