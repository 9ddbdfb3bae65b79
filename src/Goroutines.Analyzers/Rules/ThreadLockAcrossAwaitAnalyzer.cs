using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR303: a lock that belongs to a thread is held across an await.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ThreadLockAcrossAwaitAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR303", "A lock of a thread is held across an await",
        "'{0}' belongs to the thread that takes it, and what follows this await runs on another one: the release throws or frees somebody else's. Use a GoMutex, whose holder may be any goroutine.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "The compiler forbids await in a lock statement, not between Monitor.Enter and Monitor.Exit.",
        helpLinkUri: HelpLink("GOR303"));

    /// <summary>Creates the analyzer.</summary>
    public ThreadLockAcrossAwaitAnalyzer()
        : base(s_rule, Traits.ThreadLock)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (IInvocationOperation enter in model.ThreadLocks)
        {
            if (model.FunctionOf(enter) is { IsAsync: true } body && IsEnter(enter) && Object(enter) is { } place && Paths.Of(context, model, body) is { } graph
                && Paths.FirstReached(
                    graph, enter.Syntax, one => one is IInvocationOperation exit && IsExit(exit) && place.Equals(Object(exit)), static one => one is IAwaitOperation) is { } await)
            {
                Report(context, s_rule, await.Syntax, TypeOf(enter)!.Name);
            }
        }
    }

    private static bool IsEnter(IInvocationOperation call) => IsThreadLock(call)
        && call.TargetMethod.Name is "Enter" or "WaitOne" or "EnterReadLock" or "EnterWriteLock" or "EnterUpgradeableReadLock";

    private static bool IsExit(IInvocationOperation call) => IsThreadLock(call)
        && call.TargetMethod.Name is "Exit" or "ReleaseMutex" or "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock";

    /// <summary>Tells whether a call is one of a thread's lock. The object's own type decides, since WaitOne is declared by WaitHandle.</summary>
    private static bool IsThreadLock(IInvocationOperation call) => TypeOf(call) is { } type && type.ContainingNamespace?.ToDisplayString() == "System.Threading"
        && type.Name is "Monitor" or "Mutex" or "ReaderWriterLockSlim" or "SpinLock" or "Lock";

    private static ITypeSymbol? TypeOf(IInvocationOperation call) => call.Instance?.Type ?? call.TargetMethod.ContainingType;

    private static Place? Object(IInvocationOperation call) => Place.Of(call.Instance ?? (call.Arguments is [{ } first, ..] ? first.Value : null));
}
