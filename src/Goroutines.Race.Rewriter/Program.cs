using Goroutines.Race.Rewriter;
using Mono.Cecil;

// Goroutines.Race.Rewriter RACE OUTPUT MAIN [OTHER...]: writes to the folder OUTPUT copies of the assemblies MAIN and OTHER whose accesses to memory
// are reported to the race detector in RACE (Goroutines.Race.dll). Assemblies of Goroutines itself, and those that are not .NET, are left out.
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: Goroutines.Race.Rewriter RACE OUTPUT MAIN [OTHER...]");
    return 2;
}

try
{
    using DefaultAssemblyResolver resolver = new();
    resolver.AddSearchDirectory(args[1]);
    string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    resolver.AddSearchDirectory(framework);
    string web = Path.Combine(framework, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(framework));
    if (Directory.Exists(web))
    {
        resolver.AddSearchDirectory(web);
    }

    using AssemblyDefinition race = AssemblyDefinition.ReadAssembly(args[0], new ReaderParameters { AssemblyResolver = resolver });
    int number = 0;
    foreach (string input in args[2..].Distinct(StringComparer.Ordinal))
    {
        string name = Path.GetFileNameWithoutExtension(input);
        if (number != 0 && (name == "Goroutines" || name.StartsWith("Goroutines.", StringComparison.Ordinal)))
        {
            continue;
        }

        string output = Path.Combine(args[1], Path.GetFileName(input));
        using AssemblyRewriter rewriter = new(input, race, resolver, ++number);
        rewriter.Run();
        rewriter.Write(output);
        Console.WriteLine($"{output}: {rewriter.SiteCount} accesses are reported to the race detector");
    }

    return 0;
}
catch (Exception refused) when (refused is BadImageFormatException or IOException or InvalidOperationException or NotSupportedException or AssemblyResolutionException)
{
    Console.Error.WriteLine($"Goroutines.Race.Rewriter : error GORACE : {refused.Message}"); // in the form that the build takes for an error
    return 1;
}
