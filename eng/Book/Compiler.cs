using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Book;

/// <summary>Compiles one program of one file, as `dotnet run FILE.cs` would, and lets the library's analyzers look at it.</summary>
internal static class Compiler
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions s_parse = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp14)
        .WithFeatures([new("FileBasedProgram", "true")]);

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path))];

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
        [.. Assembly.Load("Goroutines.Analyzers").GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsSubclassOf(typeof(DiagnosticSuppressor)))
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type, nonPublic: true)!)];

    /// <summary>Writes the program's assembly; returns the errors and warnings.</summary>
    public static async Task<IReadOnlyList<string>> CompileAsync(string source, string target)
    {
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText(await File.ReadAllTextAsync(source), s_parse, source),
            CSharpSyntaxTree.ParseText(ImplicitUsings, s_parse),
        ];
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable);
        CSharpCompilation compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(target), trees, s_references, options);

        Diagnostic[] found = [.. compilation.GetDiagnostics()];
        if (!found.Any(IsReported))
        {
            found = [.. await compilation.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync()];
        }

        if (!found.Any(IsReported))
        {
            found = [.. compilation.Emit(target).Diagnostics];
        }

        return [.. found.Where(IsReported).Select(static diagnostic => diagnostic.ToString())];
    }

    private static bool IsReported(Diagnostic diagnostic) => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed;
}
