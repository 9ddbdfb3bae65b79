#!/usr/bin/env dotnet
#:property PublishAot=false

// Compiles every ```csharp block of the documents against the library, so that they can't drift from it. Each block
// stands for itself: its `using` lines, then the statements of an async method, then types, if there are any.
//
//     dotnet run eng/check-docs.cs README.md docs/guide.md docs/testing.md

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

string directory = Path.GetFullPath("artifacts/ci/docs");
if (Directory.Exists(directory))
{
    Directory.Delete(directory, recursive: true);
}

Directory.CreateDirectory(directory);
File.WriteAllText(Path.Combine(directory, "Docs.csproj"), """
    <Project Sdk="Microsoft.NET.Sdk">
      <PropertyGroup>
        <TreatWarningsAsErrors>false</TreatWarningsAsErrors>
        <RunAnalyzers>false</RunAnalyzers>
        <WarningLevel>0</WarningLevel>
        <NoWarn>$(NoWarn);NU1603</NoWarn><!-- as in Goroutines.Aspire.Hosting -->
      </PropertyGroup>
      <ItemGroup>
        <Compile Include="Block*.cs" /><!-- nothing below artifacts is included by default -->
        <FrameworkReference Include="Microsoft.AspNetCore.App" />
        <Using Include="Microsoft.AspNetCore.Builder;Microsoft.AspNetCore.Hosting;Microsoft.AspNetCore.Http" /><!-- as in a web project -->
        <Using Include="Microsoft.Extensions.DependencyInjection;Microsoft.Extensions.Hosting;Microsoft.Extensions.Logging" />
        <Using Include="Aspire.Hosting;Aspire.Hosting.ApplicationModel" /><!-- as in an app host -->
        <ProjectReference Include="../../../src/Goroutines.Aspire.Hosting/Goroutines.Aspire.Hosting.csproj" />
        <ProjectReference Include="../../../src/Goroutines.AspNetCore/Goroutines.AspNetCore.csproj" />
        <ProjectReference Include="../../../src/Goroutines.Cluster.Nats/Goroutines.Cluster.Nats.csproj" />
        <ProjectReference Include="../../../src/Goroutines.Diagnostics/Goroutines.Diagnostics.csproj" />
        <ProjectReference Include="../../../src/Goroutines.Race/Goroutines.Race.csproj" />
        <ProjectReference Include="../../../src/Goroutines.Testing/Goroutines.Testing.csproj" />
        <PackageReference Include="Microsoft.Extensions.TimeProvider.Testing" />
      </ItemGroup>
    </Project>
    """);

int blocks = 0;
foreach (string document in args)
{
    string[] lines = File.ReadAllLines(document);
    for (int i = 0; i < lines.Length; i++)
    {
        if (lines[i].Trim() == "```csharp")
        {
            int indent = lines[i].IndexOf('`');
            int end = Array.FindIndex(lines, i + 1, line => line.Trim() == "```");
            WriteBlock(document, i + 2, [.. lines[(i + 1)..end].Select(line => line.Length > indent ? line[indent..] : "")]);
            i = end;
        }
    }
}

if (blocks == 0)
{
    Console.Error.WriteLine("no blocks found");
    return 1;
}

using Process build = Process.Start("dotnet", ["build", directory, "-c", "Release", "-v", "quiet", "--nologo"]);
build.WaitForExit();
Console.WriteLine($"{blocks} blocks {(build.ExitCode == 0 ? "compile" : "do not all compile")}");
return build.ExitCode;

void WriteBlock(string document, int firstLine, string[] block)
{
    blocks++;

    // The generator names its files after the context alone, so two blocks cannot have one of the same name.
    if (Array.Find(block, line => line.Contains("class ", StringComparison.Ordinal) && line.Contains(": JsonSerializerContext", StringComparison.Ordinal)) is { } declared)
    {
        string name = Regex.Match(declared, @"class (\w+)").Groups[1].Value;
        block = [.. block.Select(line => Regex.Replace(line, $@"(?<!\.)\b{name}\b", $"{name}{blocks}"))];
    }

    string[] usings = [.. block.TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=') && !line.Contains('(') || line.Length == 0)];
    StringBuilder code = new();
    foreach (string line in usings.Where(line => line.Length > 0 && line != "using Goroutines;"))
    {
        code.AppendLine(line);
    }

    string[] statements = [.. block.Skip(usings.Length).TakeWhile(line => !IsType(line))];
    string[] types = block[(usings.Length + statements.Length)..];
    code.AppendLine("using Goroutines;");
    code.AppendLine($"internal static partial class Block{blocks}");
    code.AppendLine("{");
    code.AppendLine("    public static async Task Body()");
    code.AppendLine("    {");
    code.AppendLine($"#line {firstLine + usings.Length} \"{Path.GetFullPath(document)}\"");
    code.AppendJoin('\n', statements).AppendLine();
    code.AppendLine("#line default");
    code.AppendLine("    }");
    code.AppendLine($"#line {firstLine + usings.Length + statements.Length} \"{Path.GetFullPath(document)}\"");
    code.AppendJoin('\n', types).AppendLine();
    code.AppendLine("#line default");
    code.AppendLine("}");
    File.WriteAllText(Path.Combine(directory, $"Block{blocks}.cs"), code.ToString());
}

static bool IsType(string line)
    => line.Split(' ') is var words && words[0] is "public" or "internal" or "sealed" or "class" or "record"
        && words.Any(word => word is "class" or "record" or "interface");
