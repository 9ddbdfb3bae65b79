using System.Diagnostics;

namespace PackageCheck.Consumers;

/// <summary>An empty folder outside of the repository, where programs are made from nothing but the packages. It has a package cache of its own, so
/// that an older build of the same version cannot stand in.</summary>
internal sealed class Workplace : IDisposable
{
    /// <param name="name">A part of the folder's name.</param>
    /// <param name="packages">The folder of the packages.</param>
    /// <param name="takesRegistry">Whether the packages that ours depend on come from the machine's usual sources. If not, the folder is the only
    /// source, which proves that nothing else is needed.</param>
    internal Workplace(string name, string packages, bool takesRegistry = false)
    {
        Folder = Directory.CreateTempSubdirectory(name).FullName;
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>{(takesRegistry ? "" : "<clear />")}<add key="local" value="{packages}" /></packageSources>
            </configuration>
            """);
    }

    internal string Folder { get; }

    /// <summary>Writes a project file and a program into a folder of their own.</summary>
    /// <returns>The path of the project file.</returns>
    internal string Make(string name, string references, string program, string properties = "", string sdk = "Microsoft.NET.Sdk")
    {
        string project = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, name)).FullName, $"{name}.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(Folder, name, "Program.cs"), program);
        return project;
    }

    /// <summary>Runs a command of dotnet.</summary>
    internal (int Code, string Output) Run(params string[] arguments) => RunProgram("dotnet", arguments);

    /// <summary>Runs a program.</summary>
    /// <returns>Its exit code, and what it wrote: standard output first, then standard error.</returns>
    internal (int Code, string Output) RunProgram(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Prepare(start);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, (output + errors.Result).Replace('\\', '/'));
    }

    internal void Prepare(ProcessStartInfo start)
    {
        start.Environment["NUGET_PACKAGES"] = Path.Combine(Folder, "packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
