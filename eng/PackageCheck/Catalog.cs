namespace PackageCheck;

/// <summary>The packages of a release.</summary>
internal static class Catalog
{
    /// <summary>The systems for which the library is compiled ahead of time.</summary>
    internal static readonly string[] Systems = ["linux-x64", "linux-arm64", "linux-musl-x64", "win-x64", "osx-arm64"];

    internal static readonly PackageSpec[] Packages =
    [
        new("Goroutines", PackageKind.Library)
        {
            Files =
            [
                "analyzers/dotnet/cs/Goroutines.Analyzers.dll", "analyzers/dotnet/cs/Goroutines.CodeFixes.dll", "buildTransitive/Goroutines.targets",
                .. Systems.Select(static system => $"runtimes/{system}/lib/net10.0/Goroutines.dll"),
            ],
        },
        new("Goroutines.Testing", PackageKind.Library) { Dependencies = ["Goroutines [VERSION]"] },
        new("Goroutines.Race", PackageKind.Library)
        {
            Dependencies = ["Goroutines [VERSION]"],
            Files =
            [
                "THIRD-PARTY-NOTICES.md", "buildTransitive/Goroutines.Race.targets", "tools/Goroutines.Race.Rewriter.dll", "tools/Goroutines.Race.Rewriter.deps.json",
                "tools/Goroutines.Race.Rewriter.runtimeconfig.json", "tools/Mono.Cecil.dll", "tools/Mono.Cecil.Mdb.dll", "tools/Mono.Cecil.Pdb.dll", "tools/Mono.Cecil.Rocks.dll",
            ],
        },
        new("Goroutines.Cluster", PackageKind.Library) { Dependencies = ["Goroutines [VERSION]", "Microsoft.Extensions.Logging.Abstractions 10.0.15"] },
        new("Goroutines.Cluster.Nats", PackageKind.Library) { Dependencies = ["Goroutines.Cluster [VERSION]", "NATS.Client.Core 3.3.2", "NATS.Client.JetStream 3.3.2"] },
        new("Goroutines.Diagnostics", PackageKind.Library) { Dependencies = ["Goroutines [VERSION]"] },
        new("Goroutines.Hosting", PackageKind.Library)
        {
            Dependencies =
            [
                "Goroutines.Diagnostics [VERSION]", "Microsoft.Extensions.Diagnostics.HealthChecks 10.0.15", "Microsoft.Extensions.Hosting.Abstractions 10.0.15",
                "Microsoft.Extensions.Logging.Abstractions 10.0.15", "Microsoft.Extensions.Options 10.0.15", "OpenTelemetry.Api.ProviderBuilderExtensions 1.20.1",
            ],
        },
        new("Goroutines.AspNetCore", PackageKind.Library) { Dependencies = ["Goroutines.Hosting [VERSION]"] },
        new("Goroutines.Aspire.Hosting", PackageKind.Library) { Dependencies = ["Aspire.Hosting 13.6.5"] },
        new("Goroutines.Tool", PackageKind.Tool),
        new("Goroutines.Templates", PackageKind.Templates),
    ];
}
