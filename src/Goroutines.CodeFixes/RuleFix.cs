using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Goroutines.CodeFixes;

/// <summary>A fix that rewrites one file. Offered only where the rewriting is known to be right; applies to all reports of a document, project or solution unless it says otherwise.</summary>
public abstract class RuleFix : CodeFixProvider
{
    private readonly string _title;

    private protected RuleFix(string title, params string[] ids)
    {
        _title = title;
        FixableDiagnosticIds = ImmutableArray.Create(ids);
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider? GetFixAllProvider() => FixesAll ? WellKnownFixAllProviders.BatchFixer : null;

    /// <summary>Gets whether fixes of several reports fit together. Those that add to one place in a block do not: each needs to know of the others.</summary>
    private protected virtual bool FixesAll => true;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            SyntaxNode node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Fix(root, node, model, diagnostic) is { } changed)
            {
                Document document = context.Document;
                context.RegisterCodeFix(CodeAction.Create(_title, _ => Task.FromResult(document.WithSyntaxRoot(changed)), diagnostic.Id), diagnostic);
            }
        }
    }

    /// <summary>Returns the file without what is reported at <paramref name="node"/>, or null if the fix does not fit.</summary>
    private protected virtual SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model) => null;

    /// <summary>Does the same, with the report for fixes that need its properties.</summary>
    private protected virtual SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model, Diagnostic report) => Fix(root, node, model);
}
