#!/usr/bin/env dotnet
#:property PublishAot=false

// Checks the documents' links: each file that is linked to exists, each heading that is linked to is there, and a link whose text is code
// names something that occurs in the file it leads to. The links of docs/site are those of the finished site, which eng/site checks.
//
//     dotnet run eng/check-map.cs

using System.Text.RegularExpressions;

string[] documents = [.. Directory.GetFiles(".", "*.md").Concat(Directory.GetFiles("docs", "*.md", SearchOption.AllDirectories)).Concat(Directory.GetFiles("bench", "*.md")).Where(static path => !path.Replace('\\', '/').Contains("docs/site/")).Select(static path => Path.GetRelativePath(".", path)).Order(StringComparer.Ordinal)];
Dictionary<string, string> texts = [];
List<string> faults = [];
int links = 0;
foreach (string document in documents)
{
    string[] lines = File.ReadAllLines(document);
    bool inBlock = false;
    for (int i = 0; i < lines.Length; i++)
    {
        if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
        {
            inBlock = !inBlock;
        }

        if (inBlock)
        {
            continue;
        }

        foreach (Match link in Patterns.Link().Matches(lines[i]))
        {
            string target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                continue;
            }

            links++;
            Check(document, i + 1, link.Groups["text"].Value, target);
        }
    }
}

foreach (string fault in faults)
{
    Console.WriteLine(fault);
}

Console.WriteLine($"{documents.Length} documents, {links} links, {faults.Count} faults");
return faults.Count == 0 && links != 0 ? 0 : 1;

void Check(string document, int line, string text, string target)
{
    int hash = target.IndexOf('#', StringComparison.Ordinal);
    string heading = hash < 0 ? "" : target[(hash + 1)..];
    string file = hash < 0 ? target : target[..hash];
    string path = file.Length == 0 ? document : Path.GetRelativePath(".", Path.Combine(Path.GetDirectoryName(document)!, file));
    if (Directory.Exists(path))
    {
        return;
    }

    if (!File.Exists(path))
    {
        faults.Add($"{document}:{line}: there is no {path}");
        return;
    }

    string content = texts.TryGetValue(path, out string? known) ? known : texts[path] = File.ReadAllText(path);
    if (heading.Length != 0 && path.EndsWith(".md", StringComparison.Ordinal) && !Patterns.Heading().Matches(content).Any(match => Anchor(match.Groups["text"].Value) == heading))
    {
        faults.Add($"{document}:{line}: {path} has no heading #{heading}");
    }

    if (text.StartsWith('`') && path.EndsWith(".cs", StringComparison.Ordinal))
    {
        string name = text.Trim('`');
        if (name != Path.GetFileName(path) && name != path && !Regex.IsMatch(content, $@"\b{Regex.Escape(name)}\b"))
        {
            faults.Add($"{document}:{line}: {path} does not name {name}");
        }
    }
}

// As the repository's host makes it of a heading.
static string Anchor(string heading)
    => string.Concat(heading.Trim().ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

internal static partial class Patterns
{
    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\((?<target>[^)\s]+)\)")]
    internal static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.+?)\s*$", RegexOptions.Multiline)]
    internal static partial Regex Heading();
}
