// Checks the packages in a folder the way a stranger meets them: what is inside, what it claims, and whether programs that know nothing but the
// packages build and run.
//
//     PackageCheck [FOLDER]                            everything; FOLDER is artifacts/package/release by default
//     PackageCheck contents [FOLDER]                   only what is inside, which takes a second
//     PackageCheck programs [FOLDER]                   only the programs
//     PackageCheck plant FOLDER BASELINES              copies the packages, each with one public type and one public method more, as a baseline
//                                                      that the packages break
//
// eng/pack makes the packages.

using PackageCheck;
using PackageCheck.Consumers;

(string command, string[] rest) = args is [("contents" or "programs" or "plant"), ..] ? (args[0], args[1..]) : ("all", args);
string folder = Path.GetFullPath(rest.Length > 0 ? rest[0] : "artifacts/package/release");
if (command == "plant")
{
    foreach (string id in Catalog.Packages.Where(static package => package.Kind == PackageKind.Library).Select(static package => package.Id))
    {
        Baseline.Plant(folder, Path.GetFullPath(rest[1]), id);
    }

    return 0;
}

Faults faults = new();
string version = "";
foreach (PackageSpec spec in Catalog.Packages)
{
    if (Package.Find(folder, spec.Id, faults) is not { } package)
    {
        continue;
    }

    using (package)
    {
        if (version.Length != 0 && package.Version != version)
        {
            faults.Add($"{spec.Id} has the version {package.Version}, not {version} as the others");
        }

        version = package.Version;
        if (command == "programs")
        {
            continue;
        }

        ContentsCheck.Run(package, spec, faults);
        MetadataCheck.Run(package, spec, faults);
        PapersCheck.Run(package, spec, faults);
        AssemblyCheck.Run(package, spec, faults);
    }
}

if (command != "contents" && faults.Count == 0)
{
    ProgramsCheck.Run(folder, version, faults);
    ToolCheck.Run(folder, version, faults);
    AnalyzersCheck.Run(folder, version, faults);
    RacesCheck.Run(folder, version, faults);
}

foreach (string fault in faults)
{
    Console.Error.WriteLine(fault);
}

Console.WriteLine($"packages {version}: {(faults.Count == 0 ? "good" : $"{faults.Count} faults")}");
return faults.Count == 0 ? 0 : 1;
