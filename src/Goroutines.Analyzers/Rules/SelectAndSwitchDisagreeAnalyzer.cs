using System.Collections.Immutable;
using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR204: the indices of a switch are not those of the select it is on.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SelectAndSwitchDisagreeAnalyzer : RuleAnalyzer
{
    /// <summary>The properties of a report, for its fix: indices with commas between them.</summary>
    internal const string WrongLabels = "wrong", MissingLabels = "missing", LostCases = "lost";

    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR204", "A switch does not agree with the select",
        "{0}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The index of a case is its place in the order of adding; the compiler cannot compare it with the labels of a switch.",
        helpLinkUri: HelpLink("GOR204"));

    /// <summary>Creates the analyzer.</summary>
    public SelectAndSwitchDisagreeAnalyzer()
        : base(s_rule, Traits.Select)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall wait in model.Calls)
        {
            if (wait is { Type: ApiType.Select, Name: "WaitAsync" or "Wait" } && Operations.ResultConsumer(wait.Operation) is ISwitchOperation { Value: { } } choice
                && SelectCases.Of(model, wait) is { Count: > 0 } cases)
            {
                CheckSwitch(model, context, choice, cases);
            }
        }
    }

    private static void CheckSwitch(BlockModel model, OperationBlockAnalysisContext context, ISwitchOperation choice, IReadOnlyList<ApiCall> cases)
    {
        HashSet<int> handled = [];
        List<(SyntaxNode Label, int Index)> wrong = [];
        foreach (ICaseClauseOperation clause in choice.Cases.SelectMany(static section => section.Clauses))
        {
            IOperation? label = clause switch
            {
                ISingleValueCaseClauseOperation single => single.Value,
                IPatternCaseClauseOperation { Pattern: IConstantPatternOperation constant } => constant.Value,
                _ => null,
            };
            if (label?.ConstantValue is not { HasValue: true, Value: int index })
            {
                return; // a default or a pattern may handle the rest
            }

            handled.Add(index);
            if (index >= cases.Count || index < 0)
            {
                wrong.Add((label.Syntax, index));
            }
        }

        int[] missing = [.. Enumerable.Range(0, cases.Count).Where(i => !handled.Contains(i))];
        int[] lost = [.. missing.Where(i => cases[i].Name is "Receive" or "AndReceive" && !IsLookedAt(model, cases[i]))];
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty
            .Add(WrongLabels, string.Join(",", wrong.Select(static one => one.Index).Distinct())).Add(MissingLabels, string.Join(",", missing)).Add(LostCases, string.Join(",", lost));
        foreach ((SyntaxNode label, int index) in wrong)
        {
            ReportIn(label, $"The select has {Count(cases)}, so its index is never {index}.");
        }

        foreach (int i in lost)
        {
            ReportIn(NameOf(cases[i]), $"No label of the switch handles case {i}: what it receives is lost.");
        }

        void ReportIn(SyntaxNode where, string message) =>
            context.ReportDiagnostic(Diagnostic.Create(s_rule, where.GetLocation(), [choice.Syntax.GetLocation()], properties, message));
    }

    private static string Count(IReadOnlyList<ApiCall> cases) => cases.Count == 1 ? "one case" : $"{cases.Count} cases";

    private static SyntaxNode NameOf(ApiCall added) => ((InvocationExpressionSyntax)added.Operation.Syntax).Expression is MemberAccessExpressionSyntax member ? member.Name : added.Operation.Syntax;

    /// <summary>Tells whether the code looks at the case object: then it may handle the case elsewhere.</summary>
    private static bool IsLookedAt(BlockModel model, ApiCall added)
    {
        ISymbol? variable = Operations.Consumer(added.Operation) is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }
            ? declarator.Symbol
            : added.Invocation!.Arguments.FirstOrDefault(static argument => argument.Parameter?.RefKind == RefKind.Out) is { } @out ? Place.Of(@out.Value)?.Symbol : null;
        return variable is not null && model.ReferencesTo(variable).Any(static reference => reference.Operation.Parent is IPropertyReferenceOperation);
    }
}
