using Goroutines.Analyzers.Model;
using Goroutines.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers;

/// <summary>The rules whose reports only an editor shows. A build runs none of them unless one was raised to a warning.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SuggestedRules() : RuleAnalyzer(
    new SpawnOutsideScopeRule(), new StackForNothingRule(), new TokenNotPassedOnRule(), new OtherClockRule(), new DurationFromTimeRule(),
    new ClosureCouldBeStateRule());
