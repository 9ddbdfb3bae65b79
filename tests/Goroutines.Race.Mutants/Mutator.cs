using Goroutines.Race.Rewriter;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Goroutines.Race.Mutants;

/// <summary>Makes the copy of an assembly in which each call that synchronizes can be left out.</summary>
internal static class Mutator
{
    /// <summary>Writes the copy, rewritten for the detector.</summary>
    /// <param name="input">The assembly.</param>
    /// <param name="folder">The folder for the copy.</param>
    /// <param name="sites">Gets a description of each call that can be left out, by its number.</param>
    /// <returns>The path of the copy.</returns>
    internal static string Write(string input, string folder, out IReadOnlyList<string> sites)
    {
        using DefaultAssemblyResolver resolver = new();
        resolver.AddSearchDirectory(Path.GetDirectoryName(input));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        string mutated = Path.Combine(folder, "Mutated.dll");
        using (AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(input, new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = true }))
        {
            assembly.Name.Name = "Mutated";
            assembly.MainModule.Name = "Mutated.dll";
            sites = Replace(assembly.MainModule);
            assembly.Write(mutated, new WriterParameters { WriteSymbols = true });
        }

        string output = Path.Combine(folder, "Rewritten.dll");
        using AssemblyDefinition race = AssemblyDefinition.ReadAssembly(typeof(RaceIgnoreAttribute).Assembly.Location, new ReaderParameters { AssemblyResolver = resolver });
        using AssemblyRewriter rewriter = new(mutated, race, resolver, number: 1);
        rewriter.Run();
        rewriter.Write(output);
        return output;
    }

    private static List<string> Replace(ModuleDefinition module)
    {
        List<string> sites = [];
        MethodDefinition[] replacements = [.. module.GetType(typeof(Replaced).FullName).Methods.Where(static method => method.IsStatic && !method.IsConstructor)];
        foreach (TypeDefinition type in module.GetTypes().Where(static type => NamespaceOf(type) != typeof(Replaced).Namespace))
        {
            foreach (MethodDefinition method in type.Methods.Where(static method => method.HasBody))
            {
                Replace(method, replacements, sites);
            }
        }

        return sites;
    }

    private static void Replace(MethodDefinition method, MethodDefinition[] replacements, List<string> sites)
    {
        method.Body.SimplifyMacros(); // a longer method may need longer branches
        IDictionary<Instruction, SequencePoint> places = method.DebugInformation.GetSequencePointMapping();
        SequencePoint? place = null;
        foreach (Instruction instruction in method.Body.Instructions.ToArray())
        {
            if (places.TryGetValue(instruction, out SequencePoint? next) && !next.IsHidden)
            {
                place = next;
            }

            if (instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodReference { HasThis: true } called
                && Array.Find(replacements, replacement => Replaces(replacement, called)) is { } found)
            {
                if (TakesSite(found))
                {
                    method.Body.GetILProcessor().InsertBefore(instruction, Instruction.Create(OpCodes.Ldc_I4, sites.Count));
                    sites.Add($"{called.DeclaringType.Name}.{called.Name} at {(place is null ? method.FullName : $"{Path.GetFileName(place.Document.Url)}:{place.StartLine}")}");
                }

                instruction.OpCode = OpCodes.Call;
                instruction.Operand = found;
            }
        }

        method.Body.OptimizeMacros();
    }

    private static string NamespaceOf(TypeDefinition type) => type.DeclaringType is { } outer ? NamespaceOf(outer) : type.Namespace;

    private static bool TakesSite(MethodDefinition replacement) => replacement.Parameters is [.., { Name: "site" }];

    private static bool Replaces(MethodDefinition replacement, MethodReference called)
        => replacement.Name == called.Name && replacement.Parameters[0].ParameterType.FullName == called.DeclaringType.FullName
            && replacement.Parameters.Count == 1 + called.Parameters.Count + (TakesSite(replacement) ? 1 : 0);
}
