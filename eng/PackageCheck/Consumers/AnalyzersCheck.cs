namespace PackageCheck.Consumers;

/// <summary>The rules as a stranger meets them: a report in the output of a build, a fix that <c>dotnet format</c> applies, the switch, and a project
/// that gets the package through another one.</summary>
internal static class AnalyzersCheck
{
    internal static void Run(string packages, string version, Faults faults)
    {
        const string Wrong = "namespace Wrong;\n\npublic static class Program\n{\n    public static void Start() => Goroutines.Go.Run(() => { });\n\n"
            + "    public static void Race(Goroutines.GoMutex mutex)\n    {\n        while (!mutex.TryLock(out _)) { }\n    }\n}\n";
        using Workplace workplace = new("goroutines-analyzers-", packages);
        string direct = workplace.Make("Direct", $"""<PackageReference Include="Goroutines" Version="{version}" />""", Wrong);
        string indirect = workplace.Make("Indirect", """<ProjectReference Include="../Direct/Direct.csproj" />""", Wrong);

        faults.Expect(
            "reports in a build", workplace.Run("build", indirect).Output, "Direct/Program.cs(5,35): warning GOR104", "Direct/Program.cs(9,17): warning GOR205",
            "Indirect/Program.cs(5,35): warning GOR104", "Indirect/Program.cs(9,17): warning GOR205");
        string off = workplace.Run("build", indirect, "--no-restore", "--no-incremental", "-p:GoroutinesAnalyzers=false").Output;
        if (off.Contains("GOR104", StringComparison.Ordinal) || !off.Contains("0 Warning(s)", StringComparison.Ordinal))
        {
            faults.Add($"GoroutinesAnalyzers=false does not switch the rules off:\n{off}");
        }

        File.WriteAllText(Path.Combine(workplace.Folder, ".editorconfig"), "root = true\n[Indirect/*.cs]\ndotnet_diagnostic.GOR104.severity = none\ndotnet_diagnostic.GOR205.severity = error\n");
        string configured = workplace.Run("build", indirect, "--no-restore", "--no-incremental").Output;
        faults.Expect("severities of a configuration", configured, "Direct/Program.cs(5,35): warning GOR104", "Indirect/Program.cs(9,17): error GOR205");
        if (configured.Contains("Indirect/Program.cs(5,35)", StringComparison.Ordinal))
        {
            faults.Add($"a severity of none does not switch a rule off:\n{configured}");
        }

        workplace.Run("format", "analyzers", direct, "--no-restore", "--diagnostics", "GOR104", "GOR205");
        string mended = File.ReadAllText(Path.Combine(workplace.Folder, "Direct", "Program.cs"));
        if (!mended.Contains("Goroutines.Go.Spawn(() => { });", StringComparison.Ordinal) || !mended.Contains("        mutex.Lock();", StringComparison.Ordinal))
        {
            faults.Add($"dotnet format did not apply the fix:\n{mended}");
        }
    }
}
