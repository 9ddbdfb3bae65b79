using Goroutines.Analyzers.Model;
using Goroutines.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers;

/// <summary>The rules that are off until a user switches them on.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptionalRules() : RuleAnalyzer(
    new LockHeldAcrossWaitRule());
