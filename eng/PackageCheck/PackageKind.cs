namespace PackageCheck;

/// <summary>What a package is for, which decides what belongs into it.</summary>
internal enum PackageKind
{
    /// <summary>An assembly to refer to, with documentation and a symbol package.</summary>
    Library,

    /// <summary>A .NET tool, which brings all it needs.</summary>
    Tool,

    /// <summary>Templates for <c>dotnet new</c>.</summary>
    Templates,
}
