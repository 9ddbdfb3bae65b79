#!/usr/bin/env dotnet
#:property PublishAot=false

// Checks the packages in a folder the way a stranger meets them: what is inside, what it claims, and whether a program
// that knows nothing but the package builds and runs.
//
//     dotnet run eng/check-package.cs artifacts/package/release

using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

string folder = args.Length == 1 ? args[0] : "artifacts/package/release";
List<string> faults = [];
string version = Check("Goroutines", dependency: null);
Check("Goroutines.Testing", dependency: $"Goroutines [{version}]");
Check("Goroutines.Cluster", dependency: $"Goroutines [{version}], Microsoft.Extensions.Logging.Abstractions 10.0.15");
Check("Goroutines.Cluster.Nats", dependency: $"Goroutines.Cluster [{version}], NATS.Client.Core 3.3.2, NATS.Client.JetStream 3.3.2");
Check("Goroutines.Diagnostics", dependency: $"Goroutines [{version}]");
Check("Goroutines.Race", dependency: $"Goroutines [{version}]");
Check("Goroutines.Hosting", dependency: $"Goroutines.Diagnostics [{version}], Microsoft.Extensions.Diagnostics.HealthChecks 10.0.15, Microsoft.Extensions.Hosting.Abstractions 10.0.15, "
    + "Microsoft.Extensions.Logging.Abstractions 10.0.15, Microsoft.Extensions.Options 10.0.15, OpenTelemetry.Api.ProviderBuilderExtensions 1.20.1");
Check("Goroutines.AspNetCore", dependency: $"Goroutines.Hosting [{version}]");
CheckTool("Goroutines.Tool");
CheckTemplates("Goroutines.Templates");
if (faults.Count == 0)
{
    CheckConsumer(Path.GetFullPath(folder), "Goroutines", version, "hello from a goroutine, True, compiled ahead of time", """
        using Goroutines;

        Go.Main(async () =>
        {
            var messages = new Chan<string>();
            Go.Spawn(async () => await messages.SendAsync("hello from a goroutine"));
            var (message, ok) = await messages.ReceiveAsync();
            bool compiled = typeof(Go).Assembly.Location.Contains("runtimes", StringComparison.Ordinal);
            Console.WriteLine($"{message}, {ok}{(compiled ? ", compiled ahead of time" : "")}");
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
    CheckConsumer(Path.GetFullPath(folder), "Goroutines.Diagnostics", version, "waiting: chan receive", """
        using Goroutines;
        using Goroutines.Diagnostics;

        Go.Main(async () =>
        {
            var never = new Chan<int>();
            Go.Spawn(async () => await never.ReceiveAsync());
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            var stream = new MemoryStream();
            await GoDump.WriteTextAsync(GoRuntime.Current, stream);
            string text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
            Console.WriteLine(text.Contains("[chan receive") ? "waiting: chan receive" : text);
            GC.KeepAlive(never);
        });
        """);
    CheckAnalyzers(Path.GetFullPath(folder), version);
    CheckRaces(Path.GetFullPath(folder), version);
}

foreach (string fault in faults)
{
    Console.Error.WriteLine(fault);
}

Console.WriteLine($"packages {version}: {(faults.Count == 0 ? "good" : $"{faults.Count} faults")}");
return faults.Count == 0 ? 0 : 1;

string Check(string id, string? dependency)
{
    if (Find(id) is not { } path)
    {
        return "";
    }

    CheckSymbols(id, Path.ChangeExtension(path, ".snupkg"), $"lib/net10.0/{id}");
    CheckAssembly(id, path, Path.ChangeExtension(path, ".snupkg"), $"lib/net10.0/{id}");
    return CheckContents(id, dependency, path);
}

// A tool brings all it needs, so what is inside is what the notices and the bill have to name.
void CheckTool(string id)
{
    if (Find(id) is not { } path)
    {
        return;
    }

    using ZipArchive package = ZipFile.OpenRead(path);
    CheckPapers(id, package, ["README.md", "CHANGELOG.md", "LICENSE", "THIRD-PARTY-NOTICES.md", "icon.png", "bom.cdx.json", $"tools/net10.0/any/{id}.dll"]);
}

void CheckTemplates(string id)
{
    if (Find(id) is not { } path)
    {
        return;
    }

    using ZipArchive package = ZipFile.OpenRead(path);
    CheckPapers(id, package, ["README.md", "CHANGELOG.md", "LICENSE", "icon.png", "bom.cdx.json"]);
}

string? Find(string id)
{
    string[] packages = [.. Directory.GetFiles(folder, $"{id}.*.nupkg").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[id.Length + 1]))];
    if (packages.Length != 1)
    {
        faults.Add($"{folder}: expected one package {id}, found {packages.Length}");
        return null;
    }

    return packages[0];
}

string CheckContents(string id, string? dependency, string path)
{
    using ZipArchive package = ZipFile.OpenRead(path);
    string[] wanted =
    [
        $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml",
        "README.md", "CHANGELOG.md", "LICENSE", "icon.png", "bom.cdx.json", $"{id}.nuspec",
    ];
    CheckPapers(id, package, []);
    if (id == "Goroutines")
    {
        string[] analyzers = ["analyzers/dotnet/cs/Goroutines.Analyzers.dll", "analyzers/dotnet/cs/Goroutines.CodeFixes.dll"];
        string[] compiled = [.. ((string[])["linux-x64", "linux-arm64", "linux-musl-x64", "win-x64", "osx-arm64"]).Select(system => $"runtimes/{system}/lib/net10.0/{id}.dll")];
        wanted = [.. wanted, .. analyzers, .. compiled, "buildTransitive/Goroutines.targets"];
        CheckCompiled(package, $"lib/net10.0/{id}.dll", compiled);
        foreach (string analyzer in analyzers)
        {
            CheckRoslyn(package, analyzer);
        }
    }

    if (id == "Goroutines.Race")
    {
        wanted =
        [
            .. wanted, "THIRD-PARTY-NOTICES.md", "buildTransitive/Goroutines.Race.targets", "tools/Goroutines.Race.Rewriter.dll", "tools/Goroutines.Race.Rewriter.deps.json",
            "tools/Goroutines.Race.Rewriter.runtimeconfig.json", "tools/Mono.Cecil.dll", "tools/Mono.Cecil.Mdb.dll", "tools/Mono.Cecil.Pdb.dll", "tools/Mono.Cecil.Rocks.dll",
        ];
    }

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

// The assemblies with code compiled ahead of time are the same one as that in lib, which has none: the symbols are those of all of them.
void CheckCompiled(ZipArchive package, string library, string[] compiled)
{
    if (package.GetEntry(library) is not { } portable)
    {
        return; // said already
    }

    (Guid build, bool hasCode) = Read(portable);
    if (hasCode)
    {
        faults.Add($"{library} has code for one system");
    }

    foreach (ZipArchiveEntry entry in compiled.Select(package.GetEntry).OfType<ZipArchiveEntry>())
    {
        (Guid of, bool code) = Read(entry);
        if (!code)
        {
            faults.Add($"{entry.FullName} has no code compiled ahead of time");
        }

        if (of != build)
        {
            faults.Add($"{entry.FullName} is of another build than {library}");
        }
    }

    static (Guid Build, bool HasCode) Read(ZipArchiveEntry entry)
    {
        using MemoryStream content = new();
        using (Stream stream = entry.Open())
        {
            stream.CopyTo(content);
        }

        content.Position = 0;
        using PEReader reader = new(content);
        MetadataReader metadata = reader.GetMetadataReader();
        return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size != 0);
    }
}

// The compiler of the oldest SDK that takes the package is Roslyn 5.0; it skips analyzers that refer to a newer one, with a
// warning that nobody reads.
void CheckRoslyn(ZipArchive package, string path)
{
    if (package.GetEntry(path) is not { } entry)
    {
        return; // said already
    }

    using MemoryStream content = new();
    using (Stream stream = entry.Open())
    {
        stream.CopyTo(content);
    }

    content.Position = 0;
    using PEReader reader = new(content);
    MetadataReader metadata = reader.GetMetadataReader();
    foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
    {
        AssemblyReference reference = metadata.GetAssemblyReference(handle);
        string name = metadata.GetString(reference.Name);
        if (name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && reference.Version is not { Major: 5, Minor: 0 })
        {
            faults.Add($"{path} refers to {name} {reference.Version}, which SDK 10.0.100 does not have");
        }

        if (name.EndsWith("Workspaces", StringComparison.Ordinal) && path.EndsWith("Analyzers.dll", StringComparison.Ordinal))
        {
            faults.Add($"{path} refers to {name}, which a compiler does not load");
        }
    }
}

// What every package has besides its code: a README of its own that begins with its name and shows how to use it, a changelog that knows the
// version, a bill of materials that names every dependency and everything inside that is not ours, and notices for the latter.
void CheckPapers(string id, ZipArchive package, string[] wanted)
{
    faults.AddRange(wanted.Where(name => package.GetEntry(name) is null).Select(name => $"{id}: missing: {name}"));
    string readme = Text("README.md");
    string title = id == "Goroutines.Templates" ? "# Templates" : $"# {id}\n";
    if (!readme.StartsWith(title, StringComparison.Ordinal))
    {
        faults.Add($"{id}: its README does not begin with '{title.TrimEnd()}' but with '{readme.Split('\n')[0]}'");
    }

    string install = id switch
    {
        "Goroutines.Tool" => $"dotnet tool install --global {id}",
        "Goroutines.Templates" => $"dotnet new install {id}",
        _ => $"dotnet add package {id}",
    };
    if (!readme.Contains(install, StringComparison.Ordinal) || (id != "Goroutines.Templates" && !readme.Contains("```csharp", StringComparison.Ordinal)))
    {
        faults.Add($"{id}: its README shows no '{install}' or no code");
    }

    using Stream nuspec = package.GetEntry($"{id}.nuspec")!.Open();
    XElement metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    string version = metadata.Elements().Single(e => e.Name.LocalName == "version").Value;
    if (!Text("CHANGELOG.md").Contains($"\n## {version} ", StringComparison.Ordinal))
    {
        faults.Add($"{id}: the changelog has no section for {version}");
    }

    string bill = Text("bom.cdx.json");
    if (bill.Length == 0)
    {
        faults.Add($"{id}: missing: bom.cdx.json");
        return;
    }

    JsonElement root = JsonDocument.Parse(bill).RootElement;
    JsonElement own = root.GetProperty("metadata").GetProperty("component");
    if (own.GetProperty("name").GetString() != id || own.GetProperty("version").GetString() != version)
    {
        faults.Add($"{id}: the bill of materials is of {own.GetProperty("name")} {own.GetProperty("version")}, not of {id} {version}");
    }

    List<(string Name, string Version, string License)> components = [];
    foreach (JsonElement component in root.GetProperty("components").EnumerateArray())
    {
        string name = component.GetProperty("name").GetString()!;
        components.Add((name, component.GetProperty("version").GetString()!, component.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString()!));
        if (!name.StartsWith("Goroutines", StringComparison.Ordinal) && !component.TryGetProperty("hashes", out _))
        {
            faults.Add($"{id}: the bill of materials has no hash of {name}");
        }
    }

    foreach (XElement dependency in metadata.Descendants().Where(e => e.Name.LocalName == "dependency"))
    {
        string name = dependency.Attribute("id")!.Value, wants = dependency.Attribute("version")!.Value.Trim('[', ']');
        if (!components.Exists(component => component.Name == name && component.Version == wants))
        {
            faults.Add($"{id}: the bill of materials does not name the dependency {name} {wants}");
        }
    }

    // An assembly belongs to the component whose name its own name begins with.
    string notices = Text("THIRD-PARTY-NOTICES.md");
    foreach (string assembly in package.Entries.Where(e => e.Name.EndsWith(".dll", StringComparison.Ordinal)).Select(e => Path.GetFileNameWithoutExtension(e.Name)).Distinct()
        .Where(name => !name.StartsWith("Goroutines", StringComparison.Ordinal)))
    {
        (string name, string number, string license) = components.OrderByDescending(component => component.Name.Length)
            .FirstOrDefault(component => assembly == component.Name || assembly.StartsWith(component.Name + ".", StringComparison.Ordinal));
        if (name is null)
        {
            faults.Add($"{id}: {assembly}.dll is inside, and the bill of materials does not name it");
        }
        else if (!notices.Contains($"| {name} | {number} | {license} | Copyright", StringComparison.Ordinal) || !notices.Contains($"## The {license} licence", StringComparison.Ordinal))
        {
            faults.Add($"{id}: {assembly}.dll is inside, and the notices do not name {name} {number} with its licence {license} and copyright");
        }
    }

    string Text(string name)
    {
        if (package.GetEntry(name) is not { } entry)
        {
            return "";
        }

        using StreamReader reader = new(entry.Open());
        return reader.ReadToEnd();
    }
}

// The assembly is deterministic, its symbols are the ones in the symbol package, and they lead to sources: by Source Link where the repository has an
// address, and embedded where a source is not in the repository.
void CheckAssembly(string id, string path, string symbolPath, string name)
{
    if (!File.Exists(symbolPath))
    {
        return; // said already
    }

    using ZipArchive package = ZipFile.OpenRead(path);
    using ZipArchive symbols = ZipFile.OpenRead(symbolPath);
    if (package.GetEntry(name + ".dll") is not { } assembly || symbols.GetEntry(name + ".pdb") is not { } debug)
    {
        return; // said already
    }

    using PEReader reader = new(Copy(assembly));
    DebugDirectoryEntry[] entries = [.. reader.ReadDebugDirectory()];
    if (!entries.Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible))
    {
        faults.Add($"{id}: the assembly is not deterministic");
    }

    using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(Copy(debug));
    MetadataReader pdb = provider.GetMetadataReader();
    DebugDirectoryEntry codeView = entries.Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
    BlobContentId symbolId = new(pdb.DebugMetadataHeader!.Id);
    if (symbolId.Guid != reader.ReadCodeViewDebugDirectoryData(codeView).Guid)
    {
        faults.Add($"{id}: the symbols are of another build than the assembly");
    }

    Guid embedded = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE"), sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    string links = "";
    HashSet<string> sources = [];
    foreach (CustomDebugInformation information in pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation))
    {
        Guid kind = pdb.GetGuid(information.Kind);
        if (kind == sourceLink)
        {
            links = Encoding.UTF8.GetString(pdb.GetBlobBytes(information.Value));
        }
        else if (kind == embedded)
        {
            sources.Add(pdb.GetString(pdb.GetDocument((DocumentHandle)information.Parent).Name));
        }
    }

    string[] documents = [.. pdb.Documents.Select(handle => pdb.GetString(pdb.GetDocument(handle).Name))];
    if (Environment.GetEnvironmentVariable("CI") == "true" && documents.FirstOrDefault(document => !document.StartsWith("/_/", StringComparison.Ordinal)) is { } local)
    {
        faults.Add($"{id}: the symbols name a folder of the machine that built it: {local}");
    }

    // Without a remote that Source Link knows there is no address, and a link would lead nowhere.
    if (HasKnownRemote() && !links.Contains("\"documents\":", StringComparison.Ordinal))
    {
        faults.Add($"{id}: the symbols have no Source Link");
    }

    foreach (string generated in documents.Where(document => (document.Contains("/obj/", StringComparison.Ordinal) || document.Contains("/generated/", StringComparison.Ordinal)) && !sources.Contains(document)))
    {
        faults.Add($"{id}: {generated} is not in the repository and not embedded");
    }

    static MemoryStream Copy(ZipArchiveEntry entry)
    {
        MemoryStream content = new();
        using Stream stream = entry.Open();
        stream.CopyTo(content);
        content.Position = 0;
        return content;
    }
}

static bool HasKnownRemote()
{
    ProcessStartInfo start = new("git", ["remote", "-v"]) { RedirectStandardOutput = true };
    using Process git = Process.Start(start)!;
    string remotes = git.StandardOutput.ReadToEnd();
    git.WaitForExit();
    return remotes.Contains("github.com", StringComparison.Ordinal);
}

void CheckSymbols(string id, string path, string name)
{
    if (!File.Exists(path))
    {
        faults.Add($"missing: {path}");
        return;
    }

    using ZipArchive symbols = ZipFile.OpenRead(path);
    if (symbols.GetEntry(name + ".pdb") is null)
    {
        faults.Add($"{id}: missing: {name}.pdb in the symbol package");
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

// The race detector as a stranger meets it: a program with a race fails with the switch, and is as the compiler made it without.
void CheckRaces(string source, string version)
{
    string directory = Directory.CreateTempSubdirectory("goroutines races ").FullName;
    try
    {
        File.WriteAllText(Path.Combine(directory, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{source}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(directory, "Racy.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Goroutines.Race" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(directory, "Program.cs"), """
            using Goroutines;

            Go.Main(async () =>
            {
                Account account = new();
                WaitGroup done = new();
                for (int i = 0; i < 2; i++)
                {
                    done.Spawn(() => account.Deposit(1));
                }

                await done.WaitAsync();
                Console.WriteLine("done");
            });

            internal sealed class Account
            {
                private int _balance;

                internal void Deposit(int amount) => _balance += amount;
            }
            """);

        (int code, string output) = Run("run", "-c", "Release", "-p:GoroutinesRace=true");
        string[] parts = ["done", "WARNING: DATA RACE", "of Account._balance (int) by goroutine", "Program.cs:20", "Found 1 data race(s)"];
        if (code != 66 || parts.Any(part => !output.Contains(part, StringComparison.Ordinal)))
        {
            faults.Add($"a program with a data race ended with {code} and printed:\n{output}");
        }

        (code, output) = Run("run", "-c", "Release");
        if (code != 0 || output.TrimEnd() != "done")
        {
            faults.Add($"without the switch, a program with a data race ended with {code} and printed:\n{output}");
        }
    }
    finally
    {
        Directory.Delete(directory, recursive: true);
    }

    (int Code, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(directory, "packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}

// The rules as a stranger meets them: a report in the output of a build, a fix that `dotnet format` applies, the switch, and a
// project that gets the package through another one.
void CheckAnalyzers(string source, string version)
{
    const string Wrong = "namespace Wrong;\n\npublic static class Program\n{\n    public static void Start() => Goroutines.Go.Run(() => { });\n\n"
        + "    public static void Race(Goroutines.GoMutex mutex)\n    {\n        while (!mutex.TryLock(out _)) { }\n    }\n}\n";
    string directory = Directory.CreateTempSubdirectory("goroutines-analyzers-").FullName;
    try
    {
        File.WriteAllText(Path.Combine(directory, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{source}" /></packageSources>
            </configuration>
            """);
        string direct = Make("Direct", $"""<PackageReference Include="Goroutines" Version="{version}" />""");
        string indirect = Make("Indirect", """<ProjectReference Include="../Direct/Direct.csproj" />""");

        Expect(
            "reports in a build", Run("build", indirect), "Direct/Program.cs(5,35): warning GOR104", "Direct/Program.cs(9,17): warning GOR205",
            "Indirect/Program.cs(5,35): warning GOR104", "Indirect/Program.cs(9,17): warning GOR205");
        string off = Run("build", indirect, "--no-restore", "--no-incremental", "-p:GoroutinesAnalyzers=false");
        if (off.Contains("GOR104", StringComparison.Ordinal) || !off.Contains("0 Warning(s)", StringComparison.Ordinal))
        {
            faults.Add($"GoroutinesAnalyzers=false does not switch the rules off:\n{off}");
        }

        File.WriteAllText(Path.Combine(directory, ".editorconfig"), "root = true\n[Indirect/*.cs]\ndotnet_diagnostic.GOR104.severity = none\ndotnet_diagnostic.GOR205.severity = error\n");
        string configured = Run("build", indirect, "--no-restore", "--no-incremental");
        Expect("severities of a configuration", configured, "Direct/Program.cs(5,35): warning GOR104", "Indirect/Program.cs(9,17): error GOR205");
        if (configured.Contains("Indirect/Program.cs(5,35)", StringComparison.Ordinal))
        {
            faults.Add($"a severity of none does not switch a rule off:\n{configured}");
        }

        Run("format", "analyzers", direct, "--no-restore", "--diagnostics", "GOR104", "GOR205");
        string mended = File.ReadAllText(Path.Combine(directory, "Direct", "Program.cs"));
        if (!mended.Contains("Goroutines.Go.Spawn(() => { });", StringComparison.Ordinal) || !mended.Contains("        mutex.Lock();", StringComparison.Ordinal))
        {
            faults.Add($"dotnet format did not apply the fix:\n{mended}");
        }
    }
    finally
    {
        Directory.Delete(directory, recursive: true);
    }

    string Make(string name, string reference)
    {
        string project = Path.Combine(Directory.CreateDirectory(Path.Combine(directory, name)).FullName, $"{name}.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(directory, name, "Program.cs"), Wrong);
        return project;
    }

    string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(directory, "packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Replace('\\', '/');
    }

    void Expect(string what, string output, params string[] parts)
    {
        foreach (string part in parts.Where(part => !output.Contains(part, StringComparison.Ordinal)))
        {
            faults.Add($"{what}: expected '{part}' in:\n{output}");
        }
    }
}
