using System.Collections.Immutable;
using System.Reflection;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Goroutines.Analyzers.Tests.Support;

/// <summary>Compiles code against the library and runs all rules over it, as the compiler would.</summary>
/// <remarks>
/// The references are the assemblies that this test program itself runs on, so that nothing is restored while tests run.
/// </remarks>
internal static class Analysis
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = [.. Make<DiagnosticAnalyzer>(typeof(RuleAnalyzer).Assembly).Where(static analyzer => analyzer is not DiagnosticSuppressor)];

    public static ImmutableArray<DiagnosticAnalyzer> Suppressors { get; } = [.. Make<DiagnosticSuppressor>(typeof(RuleAnalyzer).Assembly)];

    public static ImmutableArray<CodeFixProvider> Fixes { get; } = [.. Make<CodeFixProvider>(Assembly.Load("Goroutines.CodeFixes"))];

    public static ImmutableArray<DiagnosticDescriptor> Rules { get; } =
        [.. Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics).OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly CSharpParseOptions s_parseOptions = new(LanguageVersion.CSharp14, DocumentationMode.None);

    /// <summary>The implicit usings of a program and a few methods for the snippets to call.</summary>
    private const string Prelude = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Goroutines;
        global using Goroutines.Net;
        global using static Helpers;

        internal static class Helpers
        {
            public static void Use(params object?[] values) { }
            public static int Compute(int n = 0) => n;
            public static ValueTask<int> ComputeAsync(int n = 0) => new(n);
            public static async Task<int> LoadAsync(int n = 0) { await Task.Yield(); return n; }
            public static Task WorkAsync() => Task.CompletedTask;
            public static Task CallAsync(GoContext context) => Task.CompletedTask;
        }
        """;

    /// <summary>Makes a project of a snippet: statements of an async method, or, after a first line `// members`, members of a class, or after `// file` a file.</summary>
    public static string Wrap(string code)
    {
        string[] lines = code.Split('\n');
        return lines[0].Trim() switch
        {
            "// file" => code,
            "// members" => $"internal class Snippet\n{{\n{code}\n}}\n",
            _ => $"internal class Snippet\n{{\n    public async Task Body()\n    {{\n        await WorkAsync();\n{code}\n    }}\n}}\n",
        };
    }

    public static CSharpCompilation Compile(IEnumerable<(string Path, string Text)> files, bool testProject = false, string? enable = null)
    {
        CSharpCompilationOptions options = Options(enable);
        IEnumerable<SyntaxTree> trees = files.Select(static file => CSharpSyntaxTree.ParseText(SourceText.From(file.Text), s_parseOptions, file.Path));
        return CSharpCompilation.Create("Snippet", trees, References(testProject), options);
    }

    public static CSharpCompilation CompileSnippet(string code, bool testProject = false, string? enable = null) =>
        Compile([("Prelude.cs", Prelude), ("Snippet.cs", code)], testProject, enable);

    /// <summary>Returns the reports of all rules in the order of the text, not those that only an editor shows.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(CSharpCompilation compilation)
    {
        string[] errors = [.. compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error).Select(static found => found.ToString())];
        if (errors.Length != 0)
        {
            throw new InvalidOperationException($"the code does not compile:\n{string.Join('\n', errors)}\n{compilation.SyntaxTrees.Last()}");
        }

        List<Exception> crashes = [];
        CompilationWithAnalyzers analysis = compilation.WithAnalyzers(
            Analyzers,
            new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (crash, _, _) => crashes.Add(crash), concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        ImmutableArray<Diagnostic> found = await analysis.GetAnalyzerDiagnosticsAsync();
        return crashes.Count == 0 ? [.. found.Where(static one => one.Severity != DiagnosticSeverity.Hidden).OrderBy(static one => one.Location.SourceSpan.Start)] : throw new AggregateException(crashes);
    }

    public static Project ProjectOf(string code, bool testProject = false, string? enable = null)
    {
        var workspace = new AdhocWorkspace();
        ProjectId id = ProjectId.CreateNewId();
        Solution solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Snippet", "Snippet", LanguageNames.CSharp, compilationOptions: Options(enable), parseOptions: s_parseOptions, metadataReferences: References(testProject)))
            .AddDocument(DocumentId.CreateNewId(id), "Prelude.cs", Prelude)
            .AddDocument(DocumentId.CreateNewId(id), "Snippet.cs", code);
        return solution.GetProject(id)!;
    }

    private static CSharpCompilationOptions Options(string? enable)
    {
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        return enable is null ? options : options.WithSpecificDiagnosticOptions([new(enable, ReportDiagnostic.Warn)]);
    }

    private static IEnumerable<MetadataReference> References(bool testProject) =>
        testProject ? s_references : s_references.Where(static reference => !Path.GetFileName(reference.Display!).StartsWith("xunit", StringComparison.Ordinal));

    private static IEnumerable<T> Make<T>(Assembly assembly)
        where T : class =>
        assembly.GetTypes().Where(static type => typeof(T).IsAssignableFrom(type) && !type.IsAbstract).Select(static type => (T)Activator.CreateInstance(type)!);
}
