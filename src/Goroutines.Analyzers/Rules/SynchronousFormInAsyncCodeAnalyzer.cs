using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR107: a synchronous form of the library, or <c>Thread.Sleep</c>, where an await would not block a thread.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SynchronousFormInAsyncCodeAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR107", "A synchronous form is called in async code",
        "'{0}' blocks a thread while it waits. Write 'await {1}'.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The synchronous forms are for synchronous bodies, which have a stack of their own to park on.",
        helpLinkUri: HelpLink("GOR107"));

    /// <summary>Creates the analyzer.</summary>
    public SynchronousFormInAsyncCodeAnalyzer()
        : base(s_rule, Traits.None)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        DiagnosticSeverity severity = model.Api.IsTestProject ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning;
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Body.IsAsync: true, Type: not ApiType.None, Invocation: { } invocation } && Better(call) is { } better && !IsExempt(model, invocation))
            {
                Report(context, s_rule, invocation.Syntax, severity, Text(call), better);
            }
        }

        foreach (Body body in model.Bodies)
        {
            if (body is not { IsAsync: true, IsInGoroutine: true })
            {
                continue;
            }

            foreach (IInvocationOperation sleep in body.Invocations)
            {
                if (sleep.TargetMethod is { Name: "Sleep", ContainingType: { } type }
                    && Api.Same(type, model.Api.Thread) && !IsExempt(model, sleep))
                {
                    Report(context, s_rule, sleep.Syntax, severity, "Thread.Sleep", "Go.SleepAsync");
                }
            }
        }
    }

    private static string Text(ApiCall call) => call.Type is ApiType.Go or ApiType.GoTest ? $"{call.Type}.{call.Name}" : call.Name;

    private static string? Better(ApiCall call)
    {
        switch (call.Type)
        {
            case ApiType.Go or ApiType.GoRuntime when call.Name == "Wait":
                return "the operation itself";
            case ApiType.Go or ApiType.GoRuntime when call.Name == "Sleep":
            case ApiType.Chan or ApiType.Sender or ApiType.Receiver when call.Name is "Send" or "Receive" or "Take":
            case ApiType.Select or ApiType.WaitGroup or ApiType.ErrGroup or ApiType.GoCond or ApiType.GoBarrier or ApiType.GoTest when call.Name == "Wait":
            case ApiType.GoMutex or ApiType.GoRWMutex or ApiType.WeightedSemaphore when call.IsAcquire && !call.Name.EndsWith("Async", StringComparison.Ordinal):
            case ApiType.OnceValue when call.Name == "Get":
            case ApiType.Goroutine when call.Name == "Join":
            case ApiType.Conn or ApiType.Dialer when call.Name == "Dial":
            case ApiType.Listener when call.Name == "Accept":
            case ApiType.PacketConn when call.Name is "Receive" or "ReceiveFrom" or "Send" or "SendTo":
                return SynchronousForms.AsyncOf(call.Method)?.Name;
            default:
                return null;
        }
    }

    /// <summary>Tells whether no await can stand at the call, or the call is in a region that declares that it blocks.</summary>
    private static bool IsExempt(BlockModel model, IOperation call)
    {
        for (IOperation? parent = call.Parent; parent is not null && !Operations.IsFunction(parent); parent = parent.Parent)
        {
            switch (parent)
            {
                case ILockOperation:
                case ICatchClauseOperation { Filter: { } filter } when Operations.Contains(filter, call):
                case IUsingOperation { Resources: { } resource } when IsBlockingRegion(model, resource):
                    return true;
                case IBlockOperation block:
                    foreach (IOperation statement in block.Operations)
                    {
                        if (statement is IUsingDeclarationOperation declaration && statement.Syntax.SpanStart < call.Syntax.SpanStart
                            && IsBlockingRegion(model, declaration.DeclarationGroup))
                        {
                            return true;
                        }
                    }

                    break;
            }
        }

        return false;
    }

    private static bool IsBlockingRegion(BlockModel model, IOperation resource) => model.Calls.Any(call =>
        call.Name == "EnterBlocking" && Operations.Contains(resource, call.Operation));
}
