using System.Xml.Linq;

namespace PackageCheck;

/// <summary>The nuspec says what galleries show, and the dependencies are those of the catalogue.</summary>
internal static class MetadataCheck
{
    internal static void Run(Package package, PackageSpec spec, Faults faults)
    {
        Expect("id", spec.Id);
        Expect("license", "Apache-2.0");
        Expect("readme", "README.md");
        Expect("icon", "icon.png");
        Expect("authors", "The Goroutines for .NET authors");
        Expect("copyright", "Copyright (c) The Goroutines for .NET authors");
        foreach (string name in (string[])["title", "description", "tags", "releaseNotes"])
        {
            if (string.IsNullOrWhiteSpace(package.Value(name)))
            {
                faults.Add($"{spec.Id}: the nuspec has no {name}");
            }
        }

        string? type = package.Metadata.Descendants().FirstOrDefault(static element => element.Name.LocalName == "packageType")?.Attribute("name")?.Value;
        string? wanted = spec.Kind switch { PackageKind.Tool => "DotnetTool", PackageKind.Templates => "Template", _ => null };
        if (type != wanted)
        {
            faults.Add($"{spec.Id}: its package type is '{type}', not '{wanted}'");
        }

        // A repository without its commit leads nowhere. There is none where the clone has no remote.
        XElement? repository = package.Metadata.Elements().FirstOrDefault(static element => element.Name.LocalName == "repository");
        if (repository?.Attribute("url") is not null && string.IsNullOrEmpty(repository.Attribute("commit")?.Value))
        {
            faults.Add($"{spec.Id}: the repository is named without the commit");
        }

        string found = string.Join(", ", package.Metadata.Descendants().Where(static element => element.Name.LocalName == "dependency")
            .Select(static element => $"{element.Attribute("id")?.Value} {element.Attribute("version")?.Value}"));
        string dependencies = string.Join(", ", spec.Dependencies).Replace("VERSION", package.Version, StringComparison.Ordinal);
        if (found != dependencies)
        {
            faults.Add($"{spec.Id} depends on '{found}', not '{dependencies}'");
        }

        void Expect(string name, string value)
        {
            if (package.Value(name) != value)
            {
                faults.Add($"{spec.Id}: {name} is '{package.Value(name)}', not '{value}'");
            }
        }
    }
}
