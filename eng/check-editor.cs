#!/usr/bin/env dotnet
#:package Microsoft.CodeAnalysis.CSharp.Workspaces
#:package Microsoft.CodeAnalysis.Workspaces.MSBuild
#:property PublishAot=false

// Opens a project that uses the analyzers as an editor's language server does, through the compiler's workspaces: loads the rules and the fixes from the
// references of the project, asks for the reports, applies the fixes one by one, and one rule's in all files at once, to the files on disk.
// Build src/Goroutines, src/Goroutines.Analyzers and src/Goroutines.CodeFixes in Release before. Not part of .ci/run.
//
//     dotnet run eng/check-editor.cs

using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.MSBuild;

string bin = Path.GetFullPath("artifacts/bin");
string folder = Directory.CreateTempSubdirectory("check-editor-").FullName;
List<string> faults = [];
try
{
    File.WriteAllText(Path.Combine(folder, "app.csproj"), $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="{bin}/Goroutines/release/Goroutines.dll" />
            <Analyzer Include="{bin}/Goroutines.Analyzers/release/Goroutines.Analyzers.dll" />
            <Analyzer Include="{bin}/Goroutines.CodeFixes/release/Goroutines.CodeFixes.dll" />
          </ItemGroup>
        </Project>
        """);
    File.WriteAllText(Path.Combine(folder, "Program.cs"), """
        using Goroutines;

        await Work.LockAsync(new GoMutex(), true);
        var answer = new Chan<int>();
        Go.Spawn(async () => await answer.SendAsync(42));
        await new Select().AndReceive(answer).AndTimeout(TimeSpan.FromSeconds(1)).WaitAsync();
        Work.Start();
        More.Start();
        """);
    File.WriteAllText(Path.Combine(folder, "More.cs"), """
        using Goroutines;

        internal static class More
        {
            internal static void Start() => Go.Run(async () => await Go.SleepAsync(TimeSpan.FromSeconds(2)));
        }
        """);
    File.WriteAllText(Path.Combine(folder, "Work.cs"), """
        using Goroutines;

        internal static class Work
        {
            internal static async Task LockAsync(GoMutex mutex, bool done)
            {
                await mutex.LockAsync();
                if (done)
                {
                    return;
                }

                mutex.Unlock();
            }

            internal static void Start() => Go.Run(async () => await Go.SleepAsync(TimeSpan.FromSeconds(1)));
        }
        """);
    using (Process restore = Process.Start(new ProcessStartInfo("dotnet", ["restore", "-v", "q"]) { WorkingDirectory = folder })!)
    {
        await restore.WaitForExitAsync();
    }

    using MSBuildWorkspace workspace = MSBuildWorkspace.Create();
    Project project = await workspace.OpenProjectAsync(Path.Combine(folder, "app.csproj"));
    AnalyzerReference[] ours = [.. project.AnalyzerReferences.Where(static reference => Path.GetFileName(reference.FullPath ?? "").StartsWith("Goroutines.", StringComparison.Ordinal))];
    ImmutableArray<DiagnosticAnalyzer> rules = [.. ours.SelectMany(static reference => reference.GetAnalyzers(LanguageNames.CSharp))];
    CodeFixProvider[] fixes = [.. ours.SelectMany(FixesOf)];
    Console.WriteLine($"{rules.Length} rules and {fixes.Length} fixes are loaded from the project's references");
    Diagnostic[] reports = await ReportsAsync(project);
    Console.WriteLine($"reported: {string.Join(", ", reports.Select(static report => $"{report.Id} {Path.GetFileName(report.Location.SourceTree!.FilePath)}:{report.Location.GetLineSpan().StartLinePosition.Line + 1}"))}");
    Expect("GOR104, GOR104, GOR203, GOR301", string.Join(", ", reports.Select(static report => report.Id).Order(StringComparer.Ordinal)));

    // All of one rule in the project, in two files.
    Diagnostic first = reports.First(static report => report.Id == "GOR104");
    (CodeAction action, CodeFixProvider provider) = await FixOfAsync(project, first);
    FixAllContext all = new(project.GetDocument(first.Location.SourceTree)!, provider, FixAllScope.Project, action.EquivalenceKey!, ["GOR104"], new Source(ReportsAsync), CancellationToken.None);
    Apply((await provider.GetFixAllProvider()!.GetFixAsync(all))!);

    // What is left, one by one.
    for (int round = 0; round < 10; round++)
    {
        project = workspace.CurrentSolution.GetProject(project.Id)!;
        if (await ReportsAsync(project) is not [{ } next, ..])
        {
            break;
        }

        Apply((await FixOfAsync(project, next)).Action);
    }

    project = workspace.CurrentSolution.GetProject(project.Id)!;
    Expect("", string.Join(", ", (await ReportsAsync(project)).Select(static report => report.ToString())));
    Expect("", string.Join(", ", (await project.GetCompilationAsync())!.GetDiagnostics().Where(static one => one.Severity == DiagnosticSeverity.Error)));
    foreach (string name in new[] { "Program.cs", "Work.cs", "More.cs" })
    {
        Console.WriteLine($"--- {name}\n{File.ReadAllText(Path.Combine(folder, name))}");
    }

    void Apply(CodeAction action)
    {
        Console.WriteLine($"applied: {action.Title}");
        Solution changed = action.GetOperationsAsync(CancellationToken.None).Result.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        if (!workspace.TryApplyChanges(changed))
        {
            faults.Add($"'{action.Title}' could not be applied");
        }
    }

    async Task<Diagnostic[]> ReportsAsync(Project at)
    {
        Compilation compilation = (await at.GetCompilationAsync())!;
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers(rules, at.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
        return [.. found.Where(static report => report.Severity >= DiagnosticSeverity.Warning)];
    }

    async Task<(CodeAction Action, CodeFixProvider Provider)> FixOfAsync(Project at, Diagnostic report)
    {
        foreach (CodeFixProvider candidate in fixes.Where(fix => fix.FixableDiagnosticIds.Contains(report.Id)))
        {
            List<CodeAction> offered = [];
            await candidate.RegisterCodeFixesAsync(new CodeFixContext(at.GetDocument(report.Location.SourceTree)!, report, (offer, _) => offered.Add(offer), CancellationToken.None));
            if (offered is [{ } one, ..])
            {
                return (one, candidate);
            }
        }

        throw new InvalidOperationException($"no fix is offered for {report}");
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

faults.ForEach(Console.Error.WriteLine);
Console.WriteLine(faults.Count == 0 ? "the analyzers and fixes work in an editor's workspace" : $"{faults.Count} faults");
return faults.Count == 0 ? 0 : 1;

void Expect(string expected, string actual)
{
    if (expected != actual)
    {
        faults.Add($"expected '{expected}', got '{actual}'");
    }
}

// As an editor finds them: exported types of the assemblies that a project refers to as analyzers.
static IEnumerable<CodeFixProvider> FixesOf(AnalyzerReference reference) => reference is AnalyzerFileReference file
    ? file.GetAssembly().GetTypes().Where(static type => type.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null).Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!)
    : [];

internal sealed class Source(Func<Project, Task<Diagnostic[]>> reports) : FixAllContext.DiagnosticProvider
{
    public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await reports(project);

    public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
        (await reports(document.Project)).Where(report => report.Location.SourceTree?.FilePath == document.FilePath);

    public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
}
