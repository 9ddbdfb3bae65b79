namespace PackageCheck;

/// <summary>A component of a <see cref="Bill"/>.</summary>
internal sealed record Component(string Name, string Version, string License, bool HasHash)
{
    internal bool IsOurs => Name == "Goroutines" || Name.StartsWith("Goroutines.", StringComparison.Ordinal);
}
