using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR308: a lock is held while the goroutine waits for something else.</summary>
internal sealed class LockHeldAcrossWaitRule() : Rule(
    "GOR308", Traits.Lock,
    "A lock is held across a wait",
    "'{0}' is held while this waits: whatever has to happen before it is over must not need the lock. Release it first, or pass a token.",
    "Off by default: most such code is right. Switch it on to review locks.",
    isOn: false)
{
    public override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        IReadOnlyList<HeldLock> held = model.HeldLocks;
        foreach (ApiCall wait in model.Calls)
        {
            if ((wait.IsSend || wait.IsReceive || (wait.Name is "WaitAsync" or "Wait" or "JoinAsync" or "Join" && wait.Type is not ApiType.GoCond)) && wait.Waits
                && !wait.HasToken(model.Api) && held.FirstOrDefault(one => ReferenceEquals(one.Body, wait.Body) && one.Covers(wait.Operation)) is { } outer)
            {
                Report(context, wait.Operation.Syntax, outer.Place.ToString());
            }
        }
    }
}
