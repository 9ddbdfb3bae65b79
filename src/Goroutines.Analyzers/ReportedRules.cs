using Goroutines.Analyzers.Model;
using Goroutines.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers;

/// <summary>The rules that warn and those that stop a build.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReportedRules() : RuleAnalyzer(
    new LoopVariableCapturedRule(), new AsyncLambdaToSynchronousApiRule(), new OperationNotAwaitedRule(), new HandleDroppedRule(),
    new EndlessBodyOnAsyncOverloadRule(), new ConfigureAwaitFalseInBodyRule(), new SynchronousFormInAsyncCodeRule(),
    new MainInsideGoroutineRule(), new SharedStateWithoutLockRule(), new DisposedWhileInUseRule(), new CapturedThenChangedRule(),
    new ClosedNeverNoticedRule(), new ChannelNeverClosedRule(), new SenderLeftBehindRule(), new SelectAndSwitchDisagreeRule(),
    new PollsWithoutWaitingRule(), new WhenAnyOverOperationsRule(), new NilChannelRule(), new ClosedTwiceRule(), new TryResultIgnoredRule(),
    new SelectGrowsInLoopRule(), new TryReceiveLoopNeverEndsRule(), new DeliveryNotSettledRule(), new NobodyOnTheOtherSideRule(),
    new WaitsNeedEachOtherRule(), new OneSidedChannelRule(), new LockNotReleasedRule(), new LockTakenTwiceRule(), new ThreadLockAcrossAwaitRule(),
    new AddInsideGoroutineRule(), new CondWaitOutsideLoopRule(), new GroupNotWaitedForRule(), new DoneLeftOutRule(), new LockNeededByOtherRule(),
    new ContextNotDisposedRule(), new CancellationSwallowedRule(), new KeyMadeAnewRule(), new TinyDurationRule(), new DeadlineOfOtherClockRule(),
    new AssertionInSpawnedBodyRule(), new RealWorldInVirtualTestRule());
