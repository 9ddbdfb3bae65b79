#!/usr/bin/env dotnet
#:property PublishAot=false

// Checks the packages in a folder the way a stranger meets them: what is inside, what it claims, and whether a program
// that knows nothing but the package builds and runs.
//
//     dotnet run eng/check-package.cs artifacts/package/release

using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

string folder = args.Length == 1 ? args[0] : "artifacts/package/release";
List<string> faults = [];
string version = Check("Goroutines", dependency: null);
Check("Goroutines.Testing", dependency: $"Goroutines [{version}]");
Check("Goroutines.Cluster", dependency: $"Goroutines [{version}], Microsoft.Extensions.Logging.Abstractions 10.0.15");
Check("Goroutines.Cluster.Nats", dependency: $"Goroutines.Cluster [{version}], NATS.Client.Core 3.3.2, NATS.Client.JetStream 3.3.2");
if (faults.Count == 0)
{
    CheckConsumer(Path.GetFullPath(folder), "Goroutines", version, "hello from a goroutine, True", """
        using Goroutines;

        Go.Main(async () =>
        {
            var messages = new Chan<string>();
            Go.Spawn(async () => await messages.SendAsync("hello from a goroutine"));
            var (message, ok) = await messages.ReceiveAsync();
            Console.WriteLine($"{message}, {ok}");
        });
        """);
    CheckConsumer(Path.GetFullPath(folder), "Goroutines.Testing", version, "01:00:00", """
        using Goroutines;
        using Goroutines.Testing;

        GoTest.Run(async () =>
        {
            var begun = GoTest.TimeProvider.GetUtcNow();
            await Go.SleepAsync(TimeSpan.FromHours(1));
            Console.WriteLine(GoTest.TimeProvider.GetUtcNow() - begun);
        });
        """);
}

foreach (string fault in faults)
{
    Console.Error.WriteLine(fault);
}

Console.WriteLine($"Goroutines and Goroutines.Testing {version}: {(faults.Count == 0 ? "good" : $"{faults.Count} faults")}");
return faults.Count == 0 ? 0 : 1;

string Check(string id, string? dependency)
{
    string[] packages = [.. Directory.GetFiles(folder, $"{id}.*.nupkg").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[id.Length + 1]))];
    if (packages.Length != 1)
    {
        faults.Add($"{folder}: expected one package {id}, found {packages.Length}");
        return "";
    }

    CheckSymbols(id, Path.ChangeExtension(packages[0], ".snupkg"));
    return CheckContents(id, dependency, packages[0]);
}

string CheckContents(string id, string? dependency, string path)
{
    using ZipArchive package = ZipFile.OpenRead(path);
    string[] wanted =
    [
        $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml",
        "README.md", "CHANGELOG.md", "LICENSE", "icon.png", $"{id}.nuspec",
    ];
    string[] packaging = ["_rels/", "package/", "[Content_Types].xml"];
    string[] found = [.. package.Entries.Select(e => e.FullName).Where(name => !packaging.Any(name.StartsWith))];
    faults.AddRange(wanted.Except(found).Select(name => $"{id}: missing: {name}"));
    faults.AddRange(found.Except(wanted).Select(name => $"{id}: does not belong there: {name}"));
    faults.AddRange(package.Entries.Where(e => e.Length < 100).Select(e => $"{id}: as good as empty: {e.FullName}"));

    using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
    XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    Dictionary<string, string> values = metadata.Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
    Expect("id", id);
    Expect("license", "Apache-2.0");
    Expect("readme", "README.md");
    Expect("icon", "icon.png");
    string dependencies = string.Join(", ", metadata.Descendants().Where(e => e.Name.LocalName == "dependency")
        .Select(e => $"{e.Attribute("id")?.Value} {e.Attribute("version")?.Value}"));
    if (dependencies != (dependency ?? ""))
    {
        faults.Add($"{id} depends on '{dependencies}', not '{dependency}'");
    }

    return values["version"];

    void Expect(string name, string value)
    {
        if (values.GetValueOrDefault(name) != value)
        {
            faults.Add($"{id}: {name} is '{values.GetValueOrDefault(name)}', not '{value}'");
        }
    }
}

void CheckSymbols(string id, string path)
{
    if (!File.Exists(path))
    {
        faults.Add($"missing: {path}");
        return;
    }

    using ZipArchive symbols = ZipFile.OpenRead(path);
    if (symbols.GetEntry($"lib/net10.0/{id}.pdb") is null)
    {
        faults.Add($"missing: lib/net10.0/{id}.pdb in the symbol package");
    }
}

// A new project with the folder as its only package source and a package cache of its own, so that neither another
// source nor an older build of the same version can stand in.
void CheckConsumer(string source, string id, string version, string expected, string program)
{
    string directory = Directory.CreateTempSubdirectory("goroutines-consumer-").FullName;
    try
    {
        File.WriteAllText(Path.Combine(directory, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{source}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(directory, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="{id}" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(directory, "Program.cs"), program);

        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release"])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
        };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(directory, "packages");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0 || output.TrimEnd() != expected)
        {
            faults.Add($"a program with {id} ended with {process.ExitCode} and printed:\n{output}");
        }
    }
    finally
    {
        Directory.Delete(directory, recursive: true);
    }
}
