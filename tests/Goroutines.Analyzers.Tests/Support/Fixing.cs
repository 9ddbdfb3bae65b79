using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace Goroutines.Analyzers.Tests.Support;

/// <summary>Applies code fixes as an editor does: one by one, and all of a document at once.</summary>
internal static class Fixing
{
    /// <summary>Applies the first fix that is offered for a rule until nothing is left to fix.</summary>
    public static async Task<string> OneByOneAsync(string code, RuleCase one)
    {
        string id = one.Rule;
        Project project = Analysis.ProjectOf(code, one.InTests, id);
        for (int round = 0; round < 20; round++)
        {
            (CodeAction? action, _) = await FirstAsync(project, id);
            if (action is null)
            {
                return await TextAsync(project);
            }

            project = await ApplyAsync(action, project);
        }

        throw new InvalidOperationException($"the fix of {id} never comes to an end: {await TextAsync(project)}");
    }

    /// <summary>Applies the fix of all reports at once; null if the fix does not offer that.</summary>
    public static async Task<string?> AllAtOnceAsync(string code, RuleCase one)
    {
        string id = one.Rule;
        Project project = Analysis.ProjectOf(code, one.InTests, id);
        (CodeAction? action, CodeFixProvider? provider) = await FirstAsync(project, id);
        if (action?.EquivalenceKey is null || provider!.GetFixAllProvider() is not { } all)
        {
            return null;
        }

        Document document = project.Documents.Last();
        var context = new FixAllContext(document, provider, FixAllScope.Document, action.EquivalenceKey, [id], new Reports(), default);
        return await all.GetFixAsync(context) is { } together ? await TextAsync(await ApplyAsync(together, project)) : null;
    }

    private static async Task<(CodeAction? Action, CodeFixProvider? Provider)> FirstAsync(Project project, string id)
    {
        foreach (Diagnostic report in (await ReportsAsync(project)).Where(report => report.Id == id))
        {
            foreach (CodeFixProvider provider in Analysis.Fixes.Where(provider => provider.FixableDiagnosticIds.Contains(id)))
            {
                List<CodeAction> actions = [];
                await provider.RegisterCodeFixesAsync(new CodeFixContext(project.Documents.Last(), report, (action, _) => actions.Add(action), default));
                if (actions is [CodeAction first, ..])
                {
                    return (first, provider);
                }
            }
        }

        return default;
    }

    private static async Task<ImmutableArray<Diagnostic>> ReportsAsync(Project project)
    {
        var compilation = (CSharpCompilation)(await project.GetCompilationAsync())!;
        return [.. await Analysis.RunAsync(compilation), .. compilation.GetDiagnostics().Where(static one => one.Id == "CS4014")];
    }

    private static async Task<Project> ApplyAsync(CodeAction action, Project project)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(default);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
    }

    private static async Task<string> TextAsync(Project project)
    {
        Document document = project.Documents.Last();
        Document reduced = await Microsoft.CodeAnalysis.Simplification.Simplifier.ReduceAsync(document);
        Document formatted = await Microsoft.CodeAnalysis.Formatting.Formatter.FormatAsync(reduced, Microsoft.CodeAnalysis.Formatting.Formatter.Annotation);
        return (await formatted.GetTextAsync()).ToString();
    }

    private sealed class Reports : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await ReportsAsync(project);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            (await ReportsAsync(document.Project)).Where(report => report.Location.SourceTree?.FilePath == document.Name || report.Location.SourceTree == document.GetSyntaxTreeAsync(cancellationToken).Result);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
