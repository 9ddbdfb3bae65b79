using System.IO.Compression;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace PackageCheck;

/// <summary>Makes packages that stand for the last release in a test of package validation: a package with one public type and one public method more
/// than the one to be validated, which therefore seems to have removed them.</summary>
internal static class Baseline
{
    /// <summary>The name of the type that is planted, in the namespace of the assembly's name, and of the method, in a public class.</summary>
    internal const string Planted = "RemovedSinceTheLastRelease";

    /// <summary>Copies a package into another folder, with what is planted in the assembly that programs refer to. Those with code compiled ahead of
    /// time stay as they are.</summary>
    internal static void Plant(string folder, string baselines, string id)
    {
        Directory.CreateDirectory(baselines);
        string source = Package.PathsOf(folder, id).Single();
        string copy = Path.Combine(baselines, Path.GetFileName(source));
        File.Copy(source, copy, overwrite: true);
        using ZipArchive archive = ZipFile.Open(copy, ZipArchiveMode.Update);
        ZipArchiveEntry entry = archive.GetEntry($"lib/net10.0/{id}.dll")!;
        using MemoryStream content = new();
        using (Stream stream = entry.Open())
        {
            stream.CopyTo(content);
        }

        content.Position = 0;
        using PackageResolver resolver = new(folder);
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(content, new ReaderParameters { AssemblyResolver = resolver });
        ModuleDefinition module = assembly.MainModule;
        MethodDefinition method = new(Planted, MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, module.TypeSystem.Void);
        method.Body.GetILProcessor().Emit(OpCodes.Ret);
        module.Types.First(static type => type is { IsPublic: true, IsClass: true, IsValueType: false, HasGenericParameters: false } && type.BaseType.Name != "MulticastDelegate").Methods.Add(method);
        module.Types.Add(new TypeDefinition(id, Planted, TypeAttributes.Public | TypeAttributes.Class | TypeAttributes.Abstract | TypeAttributes.Sealed, module.TypeSystem.Object));
        using MemoryStream written = new();
        assembly.Write(written);
        using Stream target = entry.Open();
        target.SetLength(0);
        target.Write(written.ToArray());
    }

    /// <summary>Finds this project's other libraries in their packages: a default value of an enumeration of theirs can't be written without it.</summary>
    private sealed class PackageResolver(string folder) : DefaultAssemblyResolver
    {
        public override AssemblyDefinition Resolve(AssemblyNameReference name)
        {
            if (Package.PathsOf(folder, name.Name).SingleOrDefault() is not { } path)
            {
                return base.Resolve(name);
            }

            using ZipArchive archive = ZipFile.OpenRead(path);
            using Stream stream = archive.GetEntry($"lib/net10.0/{name.Name}.dll")!.Open();
            MemoryStream content = new();
            stream.CopyTo(content);
            content.Position = 0;
            AssemblyDefinition found = AssemblyDefinition.ReadAssembly(content, new ReaderParameters { AssemblyResolver = this });
            RegisterAssembly(found);
            return found;
        }
    }
}
