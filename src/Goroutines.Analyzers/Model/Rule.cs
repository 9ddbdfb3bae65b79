using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Goroutines.Analyzers.Model;

/// <summary>A rule: what it says, what a member must have for the rule to look at it, and the code that looks. It holds no state of a compilation.</summary>
/// <param name="id">The rule's id, which is also the name of its page.</param>
/// <param name="needs">What a member needs; <see cref="Check"/> is not called for members that lack a part of it.</param>
/// <param name="title">What is wrong, without a period.</param>
/// <param name="message">What a report says, in whole sentences; its places are filled with a report's arguments.</param>
/// <param name="description">Why it is wrong.</param>
/// <param name="severity">How a report is shown unless a user's configuration says otherwise.</param>
/// <param name="isOn">Whether the rule runs unless a user's configuration says otherwise.</param>
internal abstract class Rule(
    string id, Traits needs, string title, string message, string description, DiagnosticSeverity severity = DiagnosticSeverity.Warning, bool isOn = true)
{
    private static readonly string s_pages = Pages();

    public DiagnosticDescriptor Descriptor { get; } = Describe(id, title, message, description, severity, isOn);

    public Traits Needs { get; } = needs;

    /// <summary>Looks at one member that mentions the library.</summary>
    public abstract void Check(BlockModel model, OperationBlockAnalysisContext context);

    /// <summary>Describes a rule; its page is that of the sources of this version.</summary>
    public static DiagnosticDescriptor Describe(string id, string title, string message, string description, DiagnosticSeverity severity, bool isOn) =>
        new(id, title, message, "Goroutines", severity, isOn, description, $"{s_pages}{id}.md");

    protected void Report(OperationBlockAnalysisContext context, SyntaxNode where, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(Descriptor, where.GetLocation(), arguments));

    /// <summary>Reports with a severity other than the rule's own, which a user's configuration still overrides.</summary>
    protected void Report(OperationBlockAnalysisContext context, SyntaxNode where, DiagnosticSeverity severity, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(Descriptor, where.GetLocation(), severity, null, null, arguments));

    private static string Pages()
    {
        foreach (AssemblyMetadataAttribute metadata in typeof(Rule).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (metadata is { Key: "RepositoryUrl", Value: { Length: > 0 } url })
            {
                Version version = typeof(Rule).Assembly.GetName().Version;
                return $"{(url.EndsWith(".git", StringComparison.Ordinal) ? url.Substring(0, url.Length - 4) : url)}/blob/v{version.ToString(3)}/docs/analyzers/";
            }
        }

        return "docs/analyzers/"; // built from sources that have no remote
    }
}
