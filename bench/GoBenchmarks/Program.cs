// Go's own benchmarks, written in C# against this library: same names, same work, same sizes. Started by bench/go-benchmarks.
using Goroutines;
using Goroutines.GoBenchmarks;

const string Usage =
    """
    usage: GoBenchmarks --list | [--benchtime 100ms|20x] [--cold] PACKAGE NAME
      --list       prints the package and the name of each benchmark
      --benchtime  how long a run lasts that counts, or how many operations it has (default 100ms)
      --cold       without warming up the JIT
    """;

if (args is ["--list"])
{
    foreach (var listed in Catalogue.All)
    {
        Console.WriteLine($"{listed.Package} {listed.Name}");
    }
    return 0;
}

var time = new BenchTime(TimeSpan.FromMilliseconds(100), 0);
var warm = true;
List<string> names = [];
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--benchtime" when i + 1 < args.Length && BenchTime.TryParse(args[++i], out time):
            break;
        case "--cold":
            warm = false;
            break;
        default:
            names.Add(args[i]);
            break;
    }
}

if (names is not [var package, var name] || Catalogue.All.FirstOrDefault(listed => listed.Package == package && listed.Name == name) is not { } benchmark)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

Go.PanicHandler = PanicHandlers.Exit;
Go.Main(() => new Runner(time, warm, Console.Out).RunAsync(benchmark));
return 0;
