// Runs Go's own benchmarks on both sides and writes what came out. Started by bench/go-benchmarks, which builds the sides first.
using Goroutines.Comparison;
using Goroutines.GoComparison;

if (args is ["--render", var file])
{
    File.WriteAllText(Path.ChangeExtension(file, ".md"), Page.Write(PageJson.Read(File.ReadAllText(file))));
    return 0;
}

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

// What sleeps 10 ms for each operation lasts too long by time.
HashSet<string> few = ["GoroutineSelect", "GoroutineBlocking", "GoroutineForRange"];
string[] smoke = ["runtime.ChanSync", "sync.Mutex", "time.Reset", "context.CheckCanceled", "net.TCP4Persistent", "x/sync/errgroup.Go", "x/sync/semaphore.NewSeq"];

var machine = Machine.Read();
var unported = Unported.Read();
var reasons = Reason.Read();
var ours = await options.Ours.ListAsync();
List<string> failures = [.. await Coverage.CheckAsync(options.Packages, ours, unported)];
foreach (var fault in failures)
{
    Console.Error.WriteLine($"failed: {fault}");
}

var rows = new Rows();
(string Package, string Name)[] selected =
    [.. ours.Where(one => options.Only is { } only ? only.IsMatch($"{one.Package}.{one.Name}") : !options.Smoke || smoke.Contains($"{one.Package}.{one.Name}"))];
for (var round = 1; round <= options.Rounds; round++)
{
    foreach (var (package, name) in selected)
    {
        var time = few.Contains(name) && package == "runtime" ? "20x" : options.BenchTime;
        var theirs = options.Packages.FirstOrDefault(one => one.Name == package);
        // The other side begins each time, so that none always finds the machine as its neighbour left it.
        foreach (var isOurs in round % 2 == 1 ? (bool[])[true, false] : [false, true])
        {
            try
            {
                if (isOurs)
                {
                    rows.Add(package, await options.Ours.RunAsync(package, name, time, options.Smoke), ours: true);
                }
                else if (theirs is not null)
                {
                    rows.Add(package, await theirs.RunAsync(name, time), ours: false);
                }
            }
            catch (ChildException exception)
            {
                failures.Add($"{package}.{name} ({(isOurs ? "ours" : "Go")}): {exception.Message}");
                Console.Error.WriteLine($"failed: {failures[^1]}");
            }
        }
        var ratios = rows.Compared.Where(row => row.Package == package && row.Benchmark == name).ToArray();
        Console.Error.WriteLine(FormattableString.Invariant(
            $"round {round}  {package}.{name,-28} {(ratios.Length == 0 ? "" : FormattableString.Invariant($"{Report.ByBenchmark(ratios).First(),6:0.00}"))}"));
    }
}

if (options.Packages.Count > 0)
{
    foreach (var unpaired in rows.Unpaired())
    {
        failures.Add(unpaired);
        Console.Error.WriteLine($"failed: {unpaired}");
    }
}

var run = new Run(
    DateTimeOffset.UtcNow, options.Rounds, options.BenchTime, options.Smoke, Environment.Version.ToString(),
    options.Packages.Count == 0 ? "" : Environment.GetEnvironmentVariable("GOVERSION") ?? "",
    Environment.GetEnvironmentVariable("GOMAXPROCS") ?? "", Scheduling.Describe(), Machine.Read().LoadBefore);
var report = new Report(run, machine, rows, unported, reasons, failures);
if (options.Output is { } directory)
{
    Directory.CreateDirectory(directory);
    File.WriteAllText(Path.Combine(directory, "go.md"), Page.Write(report));
    File.WriteAllText(Path.Combine(directory, "go.json"), PageJson.Write(report));
    Console.WriteLine($"written: go.md and go.json in {directory}");
}
else
{
    Console.WriteLine(Page.Table(report, rows.Compared, withReasons: false));
}
return failures.Count == 0 ? 0 : 1;
