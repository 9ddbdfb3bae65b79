using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR205: a loop polls without waiting between the attempts.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PollsWithoutWaitingAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR205", "A loop polls without waiting",
        "While '{0}' finds nothing this loop runs at full speed. Wait instead ('{1}'), or sleep between the attempts.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A try that fails has not waited. A loop around it occupies a processor.",
        helpLinkUri: HelpLink("GOR205"));

    /// <summary>Creates the analyzer.</summary>
    public PollsWithoutWaitingAnalyzer()
        : base(s_rule, Traits.Attempt)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (IsPoll(call) && Operations.LoopAround(call.Operation) is { } loop && !IsCounted(loop) && !WorksInCondition(loop, call) && IsRetried(call, loop) && !Waits(model, loop))
            {
                Report(context, s_rule, call.Operation.Syntax, call.Name, call.Name switch
                {
                    "TryWait" => "await select.WaitAsync()",
                    "TryLock" => "await mutex.LockAsync()",
                    "TryReadLock" => "await mutex.ReadLockAsync()",
                    "TryAcquire" => "await semaphore.AcquireAsync()",
                    "TrySend" => "await channel.SendAsync(value)",
                    "TryTake" => "await channel.TakeAsync()",
                    _ => "await channel.ReceiveAsync()",
                });
            }
        }
    }

    private static bool IsPoll(ApiCall call) => (call.Type, call.Name) is (ApiType.Select, "TryWait") or (ApiType.Chan or ApiType.Receiver, "TryReceive" or "TryTake")
        or (ApiType.Chan or ApiType.Sender, "TrySend") or (ApiType.GoMutex or ApiType.GoRWMutex, "TryLock" or "TryReadLock") or (ApiType.WeightedSemaphore, "TryAcquire");

    /// <summary>Tells whether a failed attempt leads to the next round of the loop.</summary>
    private static bool IsRetried(ApiCall call, ILoopOperation loop)
    {
        bool negated = false;
        IOperation current = call.Operation;
        while (current.Parent is { } parent)
        {
            switch (parent)
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not }:
                    negated = !negated;
                    break;
                case IParenthesizedOperation or IConversionOperation:
                    break;
                case IWhileLoopOperation loops when ReferenceEquals(loops, loop) && Operations.Contains(loops.Condition!, call.Operation):
                    return negated && !Works(loops.Body); // while (!x.TryLock()) retries, while (x.TryTake()) ends
                case IConditionalOperation choice when Operations.Contains(choice.Condition, call.Operation):
                    // The branch that runs after a failed attempt: if it leaves the loop or does other work, the loop does not poll.
                    IOperation? failed = negated ? choice.WhenTrue : choice.WhenFalse;
                    return (failed is null || IsEmpty(failed)) && ReferenceEquals(Operations.LoopAround(choice), loop) && IsAlone(choice, loop, negated);
                default:
                    return false;
            }

            current = parent;
        }

        return false;
    }

    /// <summary>Tells whether the body of the loop works: it makes room (<c>while (!ch.TrySend(v)) ch.TryReceive(out _);</c>), or calls other code.</summary>
    private static bool Works(IOperation body) => Operations.InFunction(body).Any(static operation => operation is IInvocationOperation);

    private static bool IsEmpty(IOperation statement) => statement switch
    {
        IBlockOperation block => block.Operations.All(IsEmpty),
        IEmptyOperation => true,
        IBranchOperation { BranchKind: BranchKind.Continue } => true,
        _ => false,
    };

    /// <summary>
    /// Tells whether the loop's body is the attempt and what follows its success (after <c>if (!Try()) continue;</c>): other
    /// work would be what the loop is for.
    /// </summary>
    private static bool IsAlone(IConditionalOperation choice, ILoopOperation loop, bool negated)
    {
        if (ReferenceEquals(loop.Body, choice))
        {
            return true;
        }

        return loop.Body is IBlockOperation block && ReferenceEquals(choice.Parent, block)
            && block.Operations.All(statement => ReferenceEquals(statement, choice) || statement is IVariableDeclarationGroupOperation
                || (negated && statement.Syntax.SpanStart > choice.Syntax.SpanStart));
    }

    /// <summary>Tells whether the loop runs over a count or a collection, and therefore ends.</summary>
    private static bool IsCounted(ILoopOperation loop) => loop is IForEachLoopOperation or IForLoopOperation { AtLoopBottom.IsEmpty: false };

    /// <summary>Tells whether the condition of the loop calls a method. Such a condition may produce what is polled for, or end the loop when there is no more.</summary>
    private static bool WorksInCondition(ILoopOperation loop, ApiCall poll) => loop is IWhileLoopOperation { Condition: { } condition } && condition.DescendantsAndSelf()
        .Any(operation => operation is IInvocationOperation { TargetMethod.MethodKind: not MethodKind.DelegateInvoke } && !ReferenceEquals(operation, poll.Operation));

    private static bool Waits(BlockModel model, ILoopOperation loop) =>
        model.Calls.Any(call => call.Waits && Operations.Contains(loop, call.Operation))
        || Operations.InFunction(loop).Any(static operation => operation is IAwaitOperation
            or IInvocationOperation { TargetMethod.ContainingType.Name: "Thread" or "SpinWait" or "Task" or "SemaphoreSlim" or "Monitor" });
}
