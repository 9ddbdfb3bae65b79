using Microsoft.CodeAnalysis;

namespace Goroutines.Analyzers.Model;

/// <summary>The two forms of what can wait: <c>SendAsync</c> is awaited, <c>Send</c> parks the goroutine on its own stack.</summary>
internal static class SynchronousForms
{
    /// <summary>Returns the synchronous form of an asynchronous method; null if there is none.</summary>
    public static IMethodSymbol? Of(IMethodSymbol method) =>
        method.Name.EndsWith("Async", StringComparison.Ordinal) ? Find(method, method.Name.Substring(0, method.Name.Length - 5)) : null;

    /// <summary>Returns the asynchronous form of a synchronous method; null if there is none.</summary>
    public static IMethodSymbol? AsyncOf(IMethodSymbol method) =>
        method.Name.EndsWith("Async", StringComparison.Ordinal) ? null : Find(method, method.Name + "Async");

    private static IMethodSymbol? Find(IMethodSymbol method, string name)
    {
        foreach (ISymbol member in method.ContainingType.GetMembers(name))
        {
            if (member is IMethodSymbol { DeclaredAccessibility: Accessibility.Public } found && found.IsStatic == method.IsStatic
                && SameParameters(found, method))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Compares the required parameters. Tokens and optional parameters do not count.</summary>
    private static bool SameParameters(IMethodSymbol one, IMethodSymbol other)
    {
        IParameterSymbol[] first = [.. one.Parameters.Where(static parameter => !parameter.IsOptional && parameter.Type.Name != "CancellationToken")];
        IParameterSymbol[] second = [.. other.Parameters.Where(static parameter => !parameter.IsOptional && parameter.Type.Name != "CancellationToken")];
        return first.Length == second.Length && first.Zip(second, static (a, b) => Api.Same(a.Type.OriginalDefinition, b.Type.OriginalDefinition)).All(static same => same);
    }
}
