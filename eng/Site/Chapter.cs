using System.Text;

namespace SiteBuilder;

/// <summary>A part of a document that becomes a page of its own: what stands between two headings of the second level.</summary>
internal sealed record Chapter(string Title, string Slug, string Text, IReadOnlySet<string> Anchors)
{
    /// <summary>Splits a document at its headings of the second level, and raises the headings of each part by one level. The first part is what stands before.</summary>
    public static IReadOnlyList<Chapter> Split(string document)
    {
        List<Chapter> chapters = [];
        string title = "";
        HashSet<string> anchors = [];
        var text = new StringBuilder();
        bool inBlock = false;
        foreach (string line in document.Split('\n'))
        {
            inBlock ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!inBlock && line.StartsWith("## ", StringComparison.Ordinal))
            {
                End();
                title = line[3..].Trim();
                anchors.Add(Anchor(title));
                text.Append("# ").Append(title).Append('\n');
            }
            else if (!inBlock && line.StartsWith("### ", StringComparison.Ordinal))
            {
                anchors.Add(Anchor(line[4..].Trim()));
                text.Append(line.AsSpan(1)).Append('\n');
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }

        End();
        return chapters;

        void End()
        {
            chapters.Add(new Chapter(title, Anchor(title), text.ToString(), anchors));
            anchors = [];
            text.Clear();
        }
    }

    /// <summary>The anchor of a heading, as the repository's host and docfx make it.</summary>
    public static string Anchor(string heading)
        => string.Concat(heading.ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
}
