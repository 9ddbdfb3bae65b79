using System.Reflection;
using Goroutines.Race.Mutants;
using Goroutines.Testing;

// Leaves out each call that synchronizes in each program, one at a time, and explores the mutant: the detector should report it. Prints what became of each, and the share. Exit
// code 1: less than 95 % were reported, or a program is reported as it is.
const int Schedules = 100, Seeds = 10;
string folder = Directory.CreateTempSubdirectory("race-mutants-").FullName;
try
{
    Assembly copy = Assembly.LoadFrom(Mutator.Write(typeof(Replaced).Assembly.Location, folder, out IReadOnlyList<string> sites));
    Type skips = copy.GetType(typeof(Skips).FullName!)!;
    var begin = skips.GetMethod(nameof(Skips.Begin))!.CreateDelegate<Action<int>>();
    var seen = skips.GetProperty(nameof(Skips.Seen))!.GetMethod!.CreateDelegate<Func<int[]>>();
    var programs = (IReadOnlyList<(string Name, Func<Task> Body)>)copy.GetType(typeof(Programs).FullName!)!.GetProperty(nameof(Programs.All))!.GetValue(null)!;
    int mutants = 0, reported = 0, equivalent = 0, otherwise = 0, bad = 0;
    foreach ((string name, Func<Task> body) in programs)
    {
        begin(-1);
        if (Explore(body) is { } wrong)
        {
            bad++;
            Console.WriteLine($"{name}: as it is: {wrong.Kind}");
            continue;
        }

        foreach (int site in seen())
        {
            begin(site);
            ExplorationException? found = Explore(body);
            if (found?.Kind == FailureKind.DataRace)
            {
                mutants++;
                reported++;
            }
            else if (Equivalents.ReasonFor(name, sites[site]) is { } reason)
            {
                equivalent++;
                Console.WriteLine($"{name}, without {sites[site]}: no data race ({reason})");
            }
            else
            {
                mutants++;
                otherwise += found is null ? 0 : 1;
                Console.WriteLine($"{name}, without {sites[site]}: {found?.Kind.ToString() ?? "NOT FOUND"}");
            }
        }
    }

    Console.WriteLine($"{programs.Count} programs, {mutants + equivalent} mutants, of which {equivalent} have no data race; of the other {mutants}, {reported} are reported as data races ({100.0 * reported / mutants:F1} %), and {otherwise} fail otherwise");
    return bad == 0 && reported >= 0.95 * mutants ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

// A mutant may fail otherwise first, so that a few seeds have to be tried.
static ExplorationException? Explore(Func<Task> body)
{
    ExplorationException? other = null;
    for (int seed = 1; seed <= Seeds; seed++)
    {
        try
        {
            GoTest.Explore(body, new ExploreOptions { Schedules = Schedules, Seed = seed });
        }
        catch (ExplorationException found)
        {
            if (found.Kind == FailureKind.DataRace)
            {
                return found;
            }

            other = found;
        }

        if (other is null)
        {
            return null;
        }
    }

    return other;
}
