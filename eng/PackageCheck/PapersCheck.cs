namespace PackageCheck;

/// <summary>What a package has besides its code: a README of its own that begins with its name and shows how to use it, a changelog that knows the
/// version, a bill of materials that names every dependency and everything inside that is not ours, with licences that users of an Apache-licensed
/// package can accept, and notices for what is inside.</summary>
internal static class PapersCheck
{
    /// <summary>Licences that ask for no more than a notice.</summary>
    private static readonly string[] s_permissive = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0"];

    internal static void Run(Package package, PackageSpec spec, Faults faults)
    {
        string readme = package.Text("README.md");
        string title = spec.Kind == PackageKind.Templates ? "# Templates" : $"# {spec.Id}\n";
        if (!readme.StartsWith(title, StringComparison.Ordinal))
        {
            faults.Add($"{spec.Id}: its README does not begin with '{title.TrimEnd()}' but with '{readme.Split('\n')[0]}'");
        }

        if (!readme.Contains(spec.Install, StringComparison.Ordinal) || (spec.Kind != PackageKind.Templates && !readme.Contains("```csharp", StringComparison.Ordinal)))
        {
            faults.Add($"{spec.Id}: its README shows no '{spec.Install}' or no code");
        }

        if (!package.Text("CHANGELOG.md").Contains($"\n## {package.Version} ", StringComparison.Ordinal))
        {
            faults.Add($"{spec.Id}: the changelog has no section for {package.Version}");
        }

        CheckBill(package, faults);
    }

    private static void CheckBill(Package package, Faults faults)
    {
        string id = package.Id;
        Bill bill = Bill.Of(package);
        if (bill.Name.Length == 0)
        {
            return; // said already
        }

        if (bill.Name != id || bill.Version != package.Version)
        {
            faults.Add($"{id}: the bill of materials is of {bill.Name} {bill.Version}, not of {id} {package.Version}");
        }

        faults.AddRange(bill.Components.Where(static component => !component.IsOurs && !component.HasHash).Select(component => $"{id}: the bill of materials has no hash of {component.Name}"));
        faults.AddRange(bill.Components.Where(static component => !s_permissive.Contains(component.License))
            .Select(component => $"{id}: {component.Name} {component.Version} has the licence {component.License}, which is not among {string.Join(", ", s_permissive)}"));
        foreach ((string name, string wants) in package.Metadata.Descendants().Where(static element => element.Name.LocalName == "dependency")
            .Select(static element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value.Trim('[', ']'))))
        {
            if (!bill.Components.Any(component => component.Name == name && component.Version == wants))
            {
                faults.Add($"{id}: the bill of materials does not name the dependency {name} {wants}");
            }
        }

        // An assembly belongs to the component whose name its own name begins with.
        string notices = package.Text("THIRD-PARTY-NOTICES.md");
        foreach (string assembly in package.Files.Where(static entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal)).Select(static entry => Path.GetFileNameWithoutExtension(entry.Name)).Distinct()
            .Where(static name => !name.StartsWith("Goroutines", StringComparison.Ordinal)))
        {
            Component? component = bill.Components.OrderByDescending(static component => component.Name.Length)
                .FirstOrDefault(component => assembly == component.Name || assembly.StartsWith(component.Name + ".", StringComparison.Ordinal));
            if (component is null)
            {
                faults.Add($"{id}: {assembly}.dll is inside, and the bill of materials does not name it");
            }
            else if (!notices.Contains($"| {component.Name} | {component.Version} | {component.License} | Copyright", StringComparison.Ordinal)
                || !notices.Contains($"## The {component.License} licence", StringComparison.Ordinal))
            {
                faults.Add($"{id}: {assembly}.dll is inside, and the notices do not name {component.Name} {component.Version} with its licence {component.License} and copyright");
            }
        }
    }
}
