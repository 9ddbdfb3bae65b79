using System.Net;
using System.Text.RegularExpressions;

namespace SiteBuilder;

/// <summary>Checks the links of the finished site: the file is there, and the anchor in it.</summary>
internal sealed partial class LinkCheck(string output)
{
    private readonly Dictionary<string, HashSet<string>> _anchors = new(StringComparer.Ordinal);

    public int Files { get; private set; }

    public int Links { get; private set; }

    public IReadOnlyList<string> Run()
    {
        SortedSet<string> faults = new(StringComparer.Ordinal);
        foreach (string page in Directory.GetFiles(output, "*.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Files++;
            foreach (Match match in Reference().Matches(File.ReadAllText(page)))
            {
                string link = WebUtility.HtmlDecode(match.Groups["target"].Value);
                if (!External().IsMatch(link))
                {
                    Links++;
                    if (FaultOf(page, link) is { } fault)
                    {
                        faults.Add($"{Path.GetRelativePath(output, page)}: {link}: {fault}");
                    }
                }
            }
        }

        return [.. faults];
    }

    private string? FaultOf(string page, string link)
    {
        int hash = link.IndexOf('#', StringComparison.Ordinal);
        string file = Uri.UnescapeDataString(hash < 0 ? link : link[..hash]);
        string anchor = hash < 0 ? "" : Uri.UnescapeDataString(link[(hash + 1)..]);
        string path = file.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, file));
        if (!path.StartsWith(output, StringComparison.Ordinal))
        {
            return "leads out of the site";
        }

        if (Directory.Exists(path))
        {
            path = Path.Combine(path, "index.html");
        }

        return !File.Exists(path) ? "there is no such file"
            : anchor.Length != 0 && path.EndsWith(".html", StringComparison.Ordinal) && !AnchorsOf(path).Contains(anchor) ? "the page has no such heading"
            : null;
    }

    private HashSet<string> AnchorsOf(string path)
    {
        if (!_anchors.TryGetValue(path, out HashSet<string>? anchors))
        {
            _anchors[path] = anchors = [.. Identifier().Matches(File.ReadAllText(path)).Select(static match => WebUtility.HtmlDecode(match.Groups["id"].Value))];
        }

        return anchors;
    }

    [GeneratedRegex("""\b(?:href|src)="(?<target>[^"]*)"(?=[^<]*>)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""\bid="(?<id>[^"]+)"|\bname="(?<id>[^"]+)" """)]
    private static partial Regex Identifier();

    [GeneratedRegex("^(https?:|mailto:|data:|javascript:|//)")]
    private static partial Regex External();
}
