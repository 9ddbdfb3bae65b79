using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace LinkCheck;

/// <summary>A link of a page.</summary>
/// <param name="Written">The link as written in the page.</param>
/// <param name="Target">The URL without its fragment.</param>
/// <param name="Fragment">The decoded fragment; empty if there is none.</param>
internal sealed record Link(string Written, Uri Target, string Fragment);

/// <summary>The links and the fragments of an HTML page.</summary>
internal sealed class Page
{
    private static readonly (string Selector, string Attribute)[] s_places =
    [
        ("a[href], area[href], link[href]", "href"),
        ("img[src], script[src], iframe[src], source[src], track[src], audio[src], video[src], embed[src], input[src]", "src"),
        ("video[poster]", "poster"),
        ("object[data]", "data"),
    ];

    private Page(IReadOnlyList<Link> links, IReadOnlySet<string> anchors)
    {
        Links = links;
        Anchors = anchors;
    }

    internal IReadOnlyList<Link> Links { get; }

    internal IReadOnlySet<string> Anchors { get; }

    /// <summary>Parses a page.</summary>
    /// <param name="html">The page's bytes. The encoding is detected as in a browser.</param>
    /// <param name="uri">The URL of the page. Relative links are resolved against it, unless the page has a base of its own.</param>
    internal static Page Parse(Stream html, Uri uri)
    {
        using IHtmlDocument document = new HtmlParser().ParseDocument(html);
        Uri origin = Uri.TryCreate(uri, document.QuerySelector("base[href]")?.GetAttribute("href"), out Uri? stated) ? stated : uri;
        List<Link> links = [];
        foreach ((string selector, string attribute) in s_places)
        {
            foreach (IElement element in document.QuerySelectorAll(selector).Where(IsLink))
            {
                Add(element.GetAttribute(attribute)!);
            }
        }

        foreach (IElement element in document.QuerySelectorAll("img[srcset], source[srcset]"))
        {
            foreach (string candidate in element.GetAttribute("srcset")!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Add(candidate.Split(' ')[0]);
            }
        }

        var anchors = document.QuerySelectorAll("[id]").Select(element => element.Id!)
            .Concat(document.QuerySelectorAll("a[name]").Select(element => element.GetAttribute("name")!)).ToHashSet();
        return new Page(links, anchors);

        // Other schemes (mailto, tel, data, javascript) are not looked up.
        void Add(string written)
        {
            if (!Uri.TryCreate(origin, written.Trim(), out Uri? target))
            {
                links.Add(new Link(written, new Uri("about:invalid"), ""));
            }
            else if (target.Scheme is "http" or "https")
            {
                links.Add(new Link(written, WithoutFragment(target), Uri.UnescapeDataString(target.Fragment.TrimStart('#'))));
            }
        }
    }

    /// <summary>Returns the URL without its fragment.</summary>
    internal static Uri WithoutFragment(Uri uri) => uri.Fragment.Length == 0 ? uri : new Uri(uri.GetLeftPart(UriPartial.Query));

    // These name a host to connect to early, not a page.
    private static bool IsLink(IElement element)
        => element is not IHtmlLinkElement { Relation: { } relation } || !(relation.Contains("preconnect") || relation.Contains("dns-prefetch"));
}
