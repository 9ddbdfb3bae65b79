using System.Diagnostics;

namespace PackageCheck.Consumers;

/// <summary>The tool is installed from its package and looks into a program that was made from the package Goroutines.Diagnostics.</summary>
internal static class ToolCheck
{
    internal static void Run(string packages, string version, Faults faults)
    {
        using Workplace workplace = new("goroutines-tool-", packages);
        (int code, string output) = workplace.Run("tool", "install", "Goroutines.Tool", "--version", version, "--tool-path", "tools", "--configfile", "nuget.config");
        if (code != 0)
        {
            faults.Add($"the tool cannot be installed:\n{output}");
            return;
        }

        string project = workplace.Make("Looked", $"""<PackageReference Include="Goroutines.Diagnostics" Version="{version}" />""", """
            using Goroutines;
            using Goroutines.Diagnostics;

            await using DiagnosticsServer socket = DiagnosticsSocket.Start();
            var never = new Chan<int>();
            Go.Spawn(async () => await never.ReceiveAsync());
            Console.WriteLine(Environment.ProcessId);
            Console.In.ReadToEnd();
            GC.KeepAlive(never);
            """, "<OutputType>Exe</OutputType>");
        (code, output) = workplace.Run("build", project, "-o", "looked");
        if (code != 0)
        {
            faults.Add($"the program for the tool cannot be built:\n{output}");
            return;
        }

        ProcessStartInfo start = new("dotnet", ["looked/Looked.dll"]) { WorkingDirectory = workplace.Folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        workplace.Prepare(start);
        using Process program = Process.Start(start)!;
        string id = program.StandardOutput.ReadLine() ?? "";
        string tool = Path.Combine(workplace.Folder, "tools", "goroutines");
        faults.Expect("goroutines list", workplace.RunProgram(tool, "list").Output, id);
        faults.Expect("goroutines dump", workplace.RunProgram(tool, "dump", id).Output, "[chan receive");
        program.StandardInput.Close();
        program.WaitForExit();
    }
}
