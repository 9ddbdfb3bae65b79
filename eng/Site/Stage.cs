using System.Text;
using System.Text.RegularExpressions;

namespace SiteBuilder;

/// <summary>Writes the sources that docfx builds: documents at their places with links that fit, the guide in chapters, and a page for each source file that is linked to.</summary>
internal sealed partial class Stage(string root, string target)
{
    // Where documents go that do not keep their path below docs. A folder's README is its index.
    private static readonly Dictionary<string, string> s_places = new(StringComparer.Ordinal)
    {
        ["README.md"] = "index.md",
        ["CHANGELOG.md"] = "inside/changelog.md",
        ["CONTRIBUTING.md"] = "inside/contributing.md",
        ["ROADMAP.md"] = "inside/roadmap.md",
        ["SECURITY.md"] = "inside/security.md",
        ["CODE_OF_CONDUCT.md"] = "inside/conduct.md",
        ["bench/README.md"] = "benchmarks/running.md",
        ["samples/README.md"] = "samples/index.md",
        ["docs/guide.md"] = "guide/index.md",
        ["docs/testing.md"] = "packages/testing.md",
        ["docs/diagnostics.md"] = "packages/diagnostics.md",
        ["docs/tracing.md"] = "packages/tracing.md",
        ["docs/hosting.md"] = "packages/hosting.md",
        ["docs/aspnetcore.md"] = "packages/aspnetcore.md",
        ["docs/cluster.md"] = "packages/cluster.md",
        ["docs/race.md"] = "packages/race.md",
        ["docs/scaling.md"] = "benchmarks/scaling.md",
        ["docs/architecture.md"] = "inside/architecture.md",
        ["docs/platforms.md"] = "inside/platforms.md",
        ["docs/conformance.md"] = "inside/conformance.md",
        ["docs/conformance-race.md"] = "inside/conformance-race.md",
        ["docs/releasing.md"] = "inside/releasing.md",
    };

    private readonly Dictionary<string, string> _linked = new(StringComparer.Ordinal); // files of the repository that pages link to: path, place
    private readonly IReadOnlyList<Chapter> _guide = Chapter.Split(File.ReadAllText(Path.Combine(root, "docs/guide.md")));

    public int Pages { get; private set; }

    public void Write()
    {
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        foreach (string path in Directory.GetFiles(Path.Combine(root, "docs/site"), "*", SearchOption.AllDirectories))
        {
            Copy(path, Path.GetRelativePath(Path.Combine(root, "docs/site"), path));
        }

        Copy(Path.Combine(root, "eng/icon.png"), "icon.png");
        WriteGuide();
        foreach (string document in Documents())
        {
            string text = File.ReadAllText(Path.Combine(root, document));
            WritePage(PlaceOf(document), Rewritten(document, PlaceOf(document), document == "docs/benchmarks/latest.md" ? WithChart(text) : text));
        }

        WriteAnalyzersToc();
        string landing = Path.Combine(target, "index.md");
        File.WriteAllText(landing, Rewritten("docs/site/index.md", "index.md", File.ReadAllText(landing)).Replace("<!-- chart -->", Chart.Of(root, Chart.Headline), StringComparison.Ordinal));
        WriteLinked();
    }

    private IEnumerable<string> Documents()
        => Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(static path => path != "docs/guide.md" && !path.StartsWith("docs/site/", StringComparison.Ordinal))
            .Concat(s_places.Keys.Where(static path => !path.StartsWith("docs/", StringComparison.Ordinal) && path != "README.md"))
            .Order(StringComparer.Ordinal);

    private static string PlaceOf(string document)
    {
        if (s_places.TryGetValue(document, out string? place))
        {
            return place;
        }

        string path = document.StartsWith("docs/", StringComparison.Ordinal) ? document[5..] : document;
        path = path.StartsWith("decisions/", StringComparison.Ordinal) ? "inside/" + path : path;
        path = path == "benchmarks/latest.md" ? "benchmarks/index.md" : path;
        return path.EndsWith("README.md", StringComparison.Ordinal) ? path[..^"README.md".Length] + "index.md" : path;
    }

    private static string ChapterPlace(Chapter chapter) => $"guide/{chapter.Slug}.md";

    private void WriteGuide()
    {
        var toc = new StringBuilder("- name: Contents\n  href: index.md\n");
        var contents = new StringBuilder("# Guide\n\n");
        foreach (Chapter chapter in _guide.Skip(1))
        {
            toc.Append($"- name: {chapter.Title}\n  href: {chapter.Slug}.md\n");
            contents.Append($"1. [{chapter.Title}]({chapter.Slug}.md)\n");
            WritePage(ChapterPlace(chapter), Rewritten("docs/guide.md", ChapterPlace(chapter), chapter.Text));
        }

        WritePage("guide/index.md", contents.ToString());
        File.WriteAllText(Path.Combine(target, "guide/toc.yml"), toc.ToString());
    }

    private void WriteAnalyzersToc()
    {
        var toc = new StringBuilder("- name: All rules\n  href: index.md\n");
        foreach (string rule in Directory.GetFiles(Path.Combine(root, "docs/analyzers"), "GOR*.md").Order(StringComparer.Ordinal))
        {
            string heading = File.ReadLines(rule).First().TrimStart('#', ' ');
            toc.Append($"- name: \"{heading.Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n  href: {Path.GetFileName(rule)}\n");
        }

        File.WriteAllText(Path.Combine(target, "analyzers/toc.yml"), toc.ToString());
    }

    // The figures as bars that fit a phone, in place of the picture of a fixed width.
    private string WithChart(string text) => Picture().Replace(text, _ => Chart.Of(root, null), 1);

    // Rewrites the links of a document that is in `place` now; what they lead to is laid out, too. A link may run over the end of a line.
    private string Rewritten(string document, string place, string text)
    {
        var result = new StringBuilder();
        int at = 0;
        foreach (Match block in CodeBlock().Matches(text))
        {
            result.Append(Relinked(text[at..block.Index])).Append(block.Value);
            at = block.Index + block.Length;
        }

        return result.Append(Relinked(text[at..])).ToString();

        string Relinked(string prose)
            => Link().Replace(prose, match => $"{match.Groups["before"].Value}({Resolved(document, place, match.Groups["target"].Value)})");
    }

    private string Resolved(string document, string place, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal) || link.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return link;
        }

        int hash = link.IndexOf('#', StringComparison.Ordinal);
        string anchor = hash < 0 ? "" : link[hash..];
        string file = hash < 0 ? link : link[..hash];
        string path = file.Length == 0 ? document : Path.GetRelativePath(root, Path.Combine(root, Path.GetDirectoryName(document)!, file)).Replace('\\', '/');
        string goal;
        if (document == "docs/site/index.md")
        {
            return link;                             // written for its place
        }
        else if (path == "docs/guide.md" && anchor.Length != 0)
        {
            Chapter chapter = _guide.FirstOrDefault(chapter => chapter.Anchors.Contains(anchor[1..])) ?? throw new InvalidDataException($"{document}: the guide has no {anchor}");
            goal = ChapterPlace(chapter);
            anchor = anchor[1..] == chapter.Slug ? "" : anchor;
        }
        else if (path.EndsWith(".md", StringComparison.Ordinal))
        {
            goal = PlaceOf(path);
        }
        else if (path.EndsWith(".png", StringComparison.Ordinal) || path.EndsWith(".svg", StringComparison.Ordinal))
        {
            goal = "images/" + path["docs/".Length..];
            Copy(Path.Combine(root, path), goal);
        }
        else
        {
            goal = Linked(path);
        }

        return Path.GetRelativePath(Path.Combine(target, Path.GetDirectoryName(place)!), Path.Combine(target, goal)).Replace('\\', '/') + anchor;
    }

    private string Linked(string path)
    {
        string place = $"source/{path.TrimEnd('/')}.md";
        _linked.TryAdd(path.TrimEnd('/'), place);
        return place;
    }

    // Files become pages with their text, folders lists of their files.
    private void WriteLinked()
    {
        Queue<string> left = new(_linked.Keys);
        HashSet<string> written = [];
        while (left.TryDequeue(out string? path))
        {
            if (!written.Add(path))
            {
                continue;
            }

            string full = Path.Combine(root, path);
            if (Directory.Exists(full))
            {
                var list = new StringBuilder($"# {path}\n\n");
                foreach (string file in Directory.GetFiles(full, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                    .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Where(static file => !file.Contains("/bin/") && !file.Contains("/obj/")))
                {
                    left.Enqueue(file);
                    string href = Path.GetRelativePath(Path.Combine(target, Path.GetDirectoryName(Linked(path))!), Path.Combine(target, Linked(file))).Replace('\\', '/');
                    list.Append($"- [{file[(path.Length + 1)..]}]({href})\n");
                }

                WritePage(Linked(path), list.ToString());
            }
            else
            {
                string language = Path.GetExtension(path) switch { ".cs" => "csharp", ".json" => "json", ".csproj" or ".props" or ".targets" => "xml", ".go" => "go", _ => "text" };
                WritePage(Linked(path), $"# {Path.GetFileName(path)}\n\n`{path}`\n\n````{language}\n{File.ReadAllText(full).TrimEnd()}\n````\n");
            }
        }
    }

    private void WritePage(string place, string text)
    {
        string path = Path.Combine(target, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        Pages++;
    }

    private void Copy(string source, string place)
    {
        string path = Path.Combine(target, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(source, path, overwrite: true);
    }

    [GeneratedRegex(@"(?<before>\[(?:[^\]\[]|\[[^\]]*\])*\])\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^[ ]*```.*?^[ ]*```[ ]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^!\[.*\]\(latest\.svg\)$", RegexOptions.Multiline)]
    private static partial Regex Picture();
}
