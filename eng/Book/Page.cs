using System.Text;
using System.Text.RegularExpressions;

namespace Book;

/// <summary>A page of the book: text, and between it the slots.</summary>
internal sealed partial class Page
{
    private const string End = "<!-- end -->";
    private readonly string _path;
    private readonly List<object> _parts = [];

    private Page(string root, string path)
    {
        _path = path;
        Name = Path.GetRelativePath(root, path);
    }

    public string Name { get; }

    public IEnumerable<Slot> Slots => _parts.OfType<Slot>();

    public static Page Read(string root, string path)
    {
        var page = new Page(root, path);
        string text = File.ReadAllText(path);
        int at = 0;
        foreach (Match match in Marker().Matches(text))
        {
            int begin = match.Index + match.Length;
            int end = text.IndexOf(End, begin, StringComparison.Ordinal);
            if (end < 0)
            {
                throw new InvalidDataException($"{page.Name}: no {End} after {match.Value.TrimEnd()}");
            }

            page._parts.Add(text[at..begin]);
            page._parts.Add(new Slot(match.Groups["name"].Value, match.Groups["kind"].Value == "pair", text[begin..end]));
            at = end;
        }

        page._parts.Add(text[at..]);
        return page;
    }

    public void Write()
    {
        string text = _parts.Aggregate(new StringBuilder(), static (built, part) => built.Append(part is Slot slot ? slot.Text : part)).ToString();
        if (text != File.ReadAllText(_path))
        {
            File.WriteAllText(_path, text);
        }
    }

    [GeneratedRegex(@"^<!-- (?<kind>program|pair): (?<name>\S+) -->\n", RegexOptions.Multiline)]
    private static partial Regex Marker();
}
