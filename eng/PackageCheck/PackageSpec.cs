namespace PackageCheck;

/// <summary>What a package has to be.</summary>
/// <param name="Id">The package's id.</param>
/// <param name="Kind">What it is for.</param>
internal sealed record PackageSpec(string Id, PackageKind Kind)
{
    /// <summary>The dependencies as the package states them, ID and version; <c>VERSION</c> stands for the version of all packages.</summary>
    internal string[] Dependencies { get; init; } = [];

    /// <summary>The files that it has besides those of its kind.</summary>
    internal string[] Files { get; init; } = [];

    /// <summary>The command by which a user gets it, which its README has to show.</summary>
    internal string Install => Kind switch
    {
        PackageKind.Tool => $"dotnet tool install --global {Id}",
        PackageKind.Templates => $"dotnet new install {Id}",
        _ => $"dotnet add package {Id}",
    };
}
