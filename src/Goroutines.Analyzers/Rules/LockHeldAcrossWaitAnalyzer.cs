using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR308: a lock is held while the goroutine waits for something else.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LockHeldAcrossWaitAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR308", "A lock is held across a wait",
        "'{0}' is held while this waits: whatever has to happen before it is over must not need the lock. Release it first, or pass a token.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: false,
        description: "Off by default: most such code is right. Switch it on to review locks.",
        helpLinkUri: HelpLink("GOR308"));

    /// <summary>Creates the analyzer.</summary>
    public LockHeldAcrossWaitAnalyzer()
        : base(s_rule, Traits.Lock)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        IReadOnlyList<HeldLock> held = model.HeldLocks;
        foreach (ApiCall wait in model.Calls)
        {
            if ((wait.IsSend || wait.IsReceive || (wait.Name is "WaitAsync" or "Wait" or "JoinAsync" or "Join" && wait.Type is not ApiType.GoCond)) && wait.Waits
                && !wait.HasToken(model.Api) && held.FirstOrDefault(one => ReferenceEquals(one.Body, wait.Body) && one.Covers(wait.Operation)) is { } outer)
            {
                Report(context, s_rule, wait.Operation.Syntax, outer.Place.ToString());
            }
        }
    }
}
