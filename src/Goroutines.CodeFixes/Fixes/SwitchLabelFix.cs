using System.Composition;
using System.Globalization;
using Goroutines.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Goroutines.CodeFixes.Fixes;

/// <summary>
/// GOR204: gives the one label that fits no case the index of the one case without a label; otherwise adds the labels that
/// are missing, which throw until they are written.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class SwitchLabelFix : RuleFix
{
    /// <summary>Creates the fix.</summary>
    public SwitchLabelFix()
        : base("Make the labels agree with the select", "GOR204")
    {
    }

    private protected override SyntaxNode? Fix(SyntaxNode root, SyntaxNode node, SemanticModel model, Diagnostic report)
    {
        if (report.AdditionalLocations is not [{ } location] || root.FindNode(location.SourceSpan).FirstAncestorOrSelf<SwitchStatementSyntax>() is not { } choice)
        {
            return null;
        }

        int[] wrong = Indices(report, SelectAndSwitchDisagreeAnalyzer.WrongLabels), missing = Indices(report, SelectAndSwitchDisagreeAnalyzer.MissingLabels);
        if (wrong is [int old] && missing is [int index])
        {
            // A named constant may be right elsewhere; it cannot be replaced by a number.
            ExpressionSyntax[] labels = [.. choice.Sections.SelectMany(static section => section.Labels).Select(Value).OfType<ExpressionSyntax>()
                .Where(value => model.GetConstantValue(value) is { HasValue: true, Value: int label } && label == old)];
            return labels.All(static value => value is LiteralExpressionSyntax)
                ? root.ReplaceNodes(labels, (value, _) => Number(index).WithTriviaFrom(value))
                : null;
        }

        int[] lost = Indices(report, SelectAndSwitchDisagreeAnalyzer.LostCases);
        return wrong.Length == 0 && lost.Length != 0
            ? root.ReplaceNode(choice, choice.AddSections([.. lost.Select(Section)]).WithAdditionalAnnotations(Formatter.Annotation))
            : null;
    }

    private static int[] Indices(Diagnostic report, string key) => report.Properties.TryGetValue(key, out string? list) && list is { Length: > 0 }
        ? [.. list.Split(',').Select(static index => int.Parse(index, CultureInfo.InvariantCulture))]
        : [];

    private static ExpressionSyntax? Value(SwitchLabelSyntax label) => label switch
    {
        CaseSwitchLabelSyntax plain => plain.Value,
        CasePatternSwitchLabelSyntax { Pattern: ConstantPatternSyntax constant } => constant.Expression,
        _ => null,
    };

    private static ExpressionSyntax Number(int index) => ParseExpression(index.ToString(CultureInfo.InvariantCulture));

    private static SwitchSectionSyntax Section(int index) => SwitchSection(
        [CaseSwitchLabel(Number(index).WithLeadingTrivia(Space))], [Rewriting.Statement("throw new System.NotImplementedException();")]);
}
