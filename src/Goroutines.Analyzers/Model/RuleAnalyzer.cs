using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Model;

/// <summary>
/// Runs many rules as one analyzer. The compiler calls it once a member, and it calls the rules that the member concerns.
/// </summary>
/// <remarks>
/// The compiler starts, schedules and times each analyzer for every member, and nearly every rule has nothing to do in most members, so the rules share an
/// analyzer. One for all rules would lose what the compiler leaves out: a build does not run an analyzer that only makes suggestions, or one whose rules are
/// all off. So there is one analyzer for each kind of rule that the compiler tells apart: <c>ReportedRules</c>, <c>SuggestedRules</c> and <c>OptionalRules</c>.
/// </remarks>
public abstract class RuleAnalyzer : LibraryAnalyzer
{
    private readonly Rule[] _rules;

    private protected RuleAnalyzer(params Rule[] rules)
        : base(Descriptors(rules)) => _rules = rules;

    private protected override void Register(CompilationStartAnalysisContext context, Api api) => context.RegisterOperationBlockAction(block =>
    {
        if (BlockModel.Of(api, block.OperationBlocks, block.OwningSymbol) is not { } model)
        {
            return;
        }

        SyntaxTree tree = block.OperationBlocks[0].Syntax.SyntaxTree;
        foreach (Rule rule in _rules)
        {
            if ((model.Traits & rule.Needs) == rule.Needs && !IsOff(rule, block.Compilation.Options.SyntaxTreeOptionsProvider, tree, block.CancellationToken))
            {
                rule.Check(model, block);
            }
        }
    });

    /// <summary>Tells whether a user switched the rule off for a file. Its reports would not be shown; its time should not be spent either.</summary>
    private static bool IsOff(Rule rule, SyntaxTreeOptionsProvider? options, SyntaxTree tree, CancellationToken cancellationToken) =>
        options is not null && options.TryGetDiagnosticValue(tree, rule.Descriptor.Id, cancellationToken, out ReportDiagnostic severity) && severity == ReportDiagnostic.Suppress;

    private static ImmutableArray<DiagnosticDescriptor> Descriptors(Rule[] rules)
    {
        ImmutableArray<DiagnosticDescriptor>.Builder descriptors = ImmutableArray.CreateBuilder<DiagnosticDescriptor>(rules.Length);
        foreach (Rule rule in rules)
        {
            descriptors.Add(rule.Descriptor);
        }

        return descriptors.MoveToImmutable();
    }
}
