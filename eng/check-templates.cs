#!/usr/bin/env dotnet
#:property PublishAot=false

// Checks the templates the way a stranger meets them: installs their package from a folder of packages, makes a project of each in an empty
// folder, builds it without a warning, runs it, and stops what does not end by itself as a service manager would.
//
//     dotnet run eng/check-templates.cs artifacts/package/release

using System.Diagnostics;
using System.Net;

string source = Path.GetFullPath(args.Length == 1 ? args[0] : "artifacts/package/release");
TimeSpan limit = TimeSpan.FromSeconds(120);
List<string> faults = [];
string[] packages = Directory.GetFiles(source, "Goroutines.Templates.*.nupkg");
if (packages.Length != 1)
{
    Console.Error.WriteLine($"{source}: expected one package of templates, found {packages.Length}");
    return 1;
}

string directory = Directory.CreateTempSubdirectory("goroutines-templates-").FullName;
string hive = Path.Combine(directory, "hive");
try
{
    // The packages of this build, and the registry for what they depend on.
    File.WriteAllText(Path.Combine(directory, "nuget.config"), $"""
        <configuration>
          <packageSources><add key="local" value="{source}" /></packageSources>
        </configuration>
        """);
    Expect("install", Run(directory, "new", "install", packages[0], "--debug:custom-hive", hive), "goroutines-web");

    string console = Make("goroutines", "hello.there");
    Expect("goroutines", Run(console, "run", "--no-build"), "26 letters");
    Expect("goroutines with arguments", Run(console, "run", "--no-build", "--", "Ada", "Grace"), "8 letters");

    Expect("goroutines with its budget", File.ReadAllText(Path.Combine(console, "bin", "Debug", "net10.0", "hello.there.runtimeconfig.json")), "\"System.GC.Gen0MaxBudget\": 209715200");
    Expect("goroutines with a wrong budget", RunAny(console, "build", "--no-restore", "--no-incremental", "-p:GoroutinesGen0Budget=huge").Output, "error : GoroutinesGen0Budget is 'huge'");

    string test = Make("goroutines-test", "Checks");
    Expect("goroutines-test", Run(test, "run", "--no-build"), "Total: 3, Errors: 0, Failed: 0, Skipped: 0");
    Expect("goroutines-test with dotnet test", Run(test, "test", "--no-build"), "Passed!");

    await Serve("goroutines-worker", Make("goroutines-worker", "Importing"), "importing what came before", "Application is shutting down", static _ => Task.CompletedTask);
    await Serve("goroutines-web", Make("goroutines-web", "Site"), "Now listening on: ", "Application is shutting down", async line =>
    {
        using var client = new HttpClient { BaseAddress = new Uri(line[(line.IndexOf("http", StringComparison.Ordinal))..].Trim()), Timeout = TimeSpan.FromSeconds(30) };
        Expect("/", await client.GetStringAsync("/"), "Hello from goroutines");
        Expect("/quotes", await client.GetStringAsync("/quotes"), "\"source\":\"east\"", "\"source\":\"west\"", "\"source\":\"north\"");
        Expect("/health", await client.GetStringAsync("/health"), "Healthy");
        using HttpResponseMessage time = await client.GetAsync("/time", HttpCompletionOption.ResponseHeadersRead);
        if (time.StatusCode != HttpStatusCode.OK || time.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            faults.Add($"/time: {time.StatusCode}, {time.Content.Headers.ContentType}");
        }
    });
}
finally
{
    Directory.Delete(directory, recursive: true);
}

foreach (string fault in faults)
{
    Console.Error.WriteLine(fault);
}

Console.WriteLine($"templates: {(faults.Count == 0 ? "good" : $"{faults.Count} faults")}");
return faults.Count == 0 ? 0 : 1;

// Makes a project of a template and builds it; returns its folder.
string Make(string template, string name)
{
    string project = Path.Combine(directory, name);
    Expect(template, Run(directory, "new", template, "-o", name, "--debug:custom-hive", hive), "was created successfully");
    Expect($"build of {template}", Run(project, "build", "-warnaserror"), "0 Warning(s)", "0 Error(s)");
    return project;
}

// Runs a project that goes on for ever: waits for a line, does something, sends SIGTERM, and expects a last word and exit code 0.
async Task Serve(string what, string project, string ready, string last, Func<string, Task> use)
{
    string assembly = Directory.GetFiles(Path.Combine(project, "bin", "Debug", "net10.0"), $"{Path.GetFileName(project)}.dll").Single();
    ProcessStartInfo start = Start(project, assembly, "--urls", "http://127.0.0.1:0");
    using Process process = Process.Start(start)!;
    using var timeout = new CancellationTokenSource(limit);
    List<string> output = [];
    try
    {
        Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
        string? line;
        while ((line = await process.StandardOutput.ReadLineAsync(timeout.Token)) is not null && !line.Contains(ready, StringComparison.Ordinal))
        {
            output.Add(line);
        }

        if (line is not null)
        {
            await use(line);
        }

        using (Process kill = Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]))
        {
            await kill.WaitForExitAsync(timeout.Token);
        }

        output.Add(line + "\n" + await process.StandardOutput.ReadToEndAsync(timeout.Token) + await errors);
        await process.WaitForExitAsync(timeout.Token);
        if (process.ExitCode != 0)
        {
            faults.Add($"{what} ended with {process.ExitCode}");
        }
    }
    catch (OperationCanceledException)
    {
        process.Kill(entireProcessTree: true);
        faults.Add($"{what} was not done within {limit}");
    }

    Expect(what, string.Join('\n', output), ready, last);
}

string Run(string where, params string[] arguments)
{
    (int code, string output) = RunAny(where, arguments);
    if (code != 0)
    {
        faults.Add($"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
    }

    return output;
}

(int Code, string Output) RunAny(string where, params string[] arguments)
{
    using Process process = Process.Start(Start(where, arguments))!;
    Task<string> errors = process.StandardError.ReadToEndAsync();
    string output = process.StandardOutput.ReadToEnd() + errors.Result;
    if (!process.WaitForExit(limit))
    {
        process.Kill(entireProcessTree: true);
    }

    return (process.ExitCode, output);
}

ProcessStartInfo Start(string where, params string[] arguments)
{
    var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = where, RedirectStandardOutput = true, RedirectStandardError = true };
    start.Environment["NUGET_PACKAGES"] = Path.Combine(directory, "packages");
    start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
    start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
    start.Environment["DOTNET_NOLOGO"] = "1";
    start.Environment.Remove("ASPNETCORE_URLS");
    return start;
}

void Expect(string what, string output, params string[] parts)
{
    foreach (string part in parts.Where(part => !output.Contains(part, StringComparison.Ordinal)))
    {
        faults.Add($"{what}: expected '{part}' in:\n{output}");
    }
}
