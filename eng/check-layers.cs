#!/usr/bin/env dotnet
#:package Microsoft.CodeAnalysis.CSharp
#:property PublishAot=false

// Checks that the parts of src/Goroutines know only the parts below them, as docs/architecture.md draws them:
//
//     Platform <- Runtime <- { Channels, Sync, Time, Context, Signals } <- { Select, Scope, Net } <- the façade
//
// Every name in the sources is resolved by the compiler, so nameof, constants and attributes count, comments don't. A type belongs to the
// folder of the file that bears its name; a part of a type may stand higher than the type (GoRuntime.Spawn.cs), and then may use more.
//
//     dotnet run eng/check-layers.cs
//
// Before it looks it plants a breach and has to find it.

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

const string Facade = "(façade)";
const string Root = "src/Goroutines";

// What each part may use besides itself.
Dictionary<string, string[]> allowed = new()
{
    ["Platform"] = [],
    ["Runtime"] = ["Platform"],
    ["Channels"] = ["Platform", "Runtime"],
    ["Sync"] = ["Platform", "Runtime"],
    ["Time"] = ["Platform", "Runtime", "Channels"],
    ["Context"] = ["Platform", "Runtime", "Channels", "Time", "Signals"],
    ["Signals"] = ["Platform", "Runtime", "Channels", "Context"],
    ["Select"] = ["Platform", "Runtime", "Channels", "Sync", "Time", "Context"],
    ["Scope"] = ["Platform", "Runtime", "Channels", "Sync", "Time", "Context"],
    ["Net"] = ["Platform", "Runtime", "Channels", "Sync", "Time", "Context"],
    ["Diagnostics"] = ["Platform", "Runtime"],
};

string[] paths = [.. Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
    .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
    .Where(static path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
    .Order(StringComparer.Ordinal)];
CSharpParseOptions options = new(LanguageVersion.Preview, DocumentationMode.None, preprocessorSymbols: ["NET", "NET10_0", "NET10_0_OR_GREATER"]);
List<SyntaxTree> trees = [.. paths.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Root, path)), options, path))];
trees.Add(CSharpSyntaxTree.ParseText("""
    global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
    global using System.Threading; global using System.Threading.Tasks;
    """, options, "Usings.cs"));
CSharpCompilation compilation = CSharpCompilation.Create(
    "Goroutines",
    trees,
    [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(static path => Path.GetFileName(path).StartsWith("System", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("Microsoft.Win32", StringComparison.Ordinal))
        .Select(static path => MetadataReference.CreateFromFile(path))],
    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

SyntaxTree plant = CSharpSyntaxTree.ParseText(
    "namespace Goroutines.Runtime; internal static class Planted { internal static string Name => nameof(Goroutines.Net.Conn); }", options, "Runtime/Planted.cs");
if (Breaches(compilation.AddSyntaxTrees(plant), plant).Count != 1)
{
    Console.Error.WriteLine("check-layers: a planted breach was not found");
    return 2;
}

string[] unknown = [.. paths.Select(LayerOf).Distinct().Where(layer => layer != Facade && !allowed.ContainsKey(layer))];
if (unknown.Length != 0)
{
    Console.Error.WriteLine($"check-layers: {string.Join(", ", unknown)} is no part that this check knows: add it, and to docs/architecture.md");
    return 1;
}

List<string> breaches = [];
foreach (SyntaxTree tree in trees)
{
    breaches.AddRange(Breaches(compilation, tree));
}

// What only the parts below may do: native calls belong into Platform.
foreach (SyntaxTree tree in trees.Where(static tree => LayerOf(tree.FilePath) != "Platform"))
{
    breaches.AddRange(tree.GetRoot().DescendantNodes().OfType<AttributeSyntax>()
        .Where(static attribute => attribute.Name.ToString() is "LibraryImport" or "DllImport")
        .Select(attribute => $"{Root}/{tree.FilePath}:{LineOf(attribute)}: a native call outside of Platform"));
}

foreach (string breach in breaches)
{
    Console.WriteLine(breach);
}

Console.WriteLine($"{paths.Length} files, {breaches.Count} breaches");
return breaches.Count == 0 ? 0 : 1;

List<string> Breaches(CSharpCompilation compilation, SyntaxTree tree)
{
    string layer = LayerOf(tree.FilePath);
    List<string> found = [];
    if (layer == Facade || !allowed.TryGetValue(layer, out string[]? below))
    {
        return found;
    }

    SemanticModel model = compilation.GetSemanticModel(tree);
    HashSet<string> seen = [];
    foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
    {
        SymbolInfo info = model.GetSymbolInfo(name);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? (symbol is INamespaceSymbol ? null : symbol?.ContainingType);
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        // A part of a type that stands in a higher file is there for the higher parts only.
        if (type is null || HomeOf(type, symbol!) is not { } home || home == layer || below.Contains(home))
        {
            continue;
        }

        int line = LineOf(name);
        if (seen.Add($"{line} {type.Name}"))
        {
            found.Add($"{Root}/{tree.FilePath}:{line}: {layer} must not know {type.Name} of {home}");
        }
    }

    return found;
}

// The folder of the file that is named after the type, or, of a member, of the file it stands in.
string? HomeOf(INamedTypeSymbol type, ISymbol symbol)
{
    string[] files = [.. type.DeclaringSyntaxReferences.Select(static reference => reference.SyntaxTree.FilePath)];
    if (files.Length == 0)
    {
        return null;
    }

    if (symbol is not INamedTypeSymbol && symbol.DeclaringSyntaxReferences.FirstOrDefault() is { } declared)
    {
        return LayerOf(declared.SyntaxTree.FilePath);
    }

    return LayerOf(files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) is var bare && (bare == type.Name || bare == type.Name + "OfT")) ?? files[0]);
}

static string LayerOf(string path) => path.IndexOf('/', StringComparison.Ordinal) is var end and > 0 ? path[..end] : Facade;

static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
