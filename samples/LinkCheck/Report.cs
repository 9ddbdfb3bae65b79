using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LinkCheck;

/// <summary>A link that is broken or was skipped.</summary>
/// <param name="Page">The page with the link.</param>
/// <param name="Link">The link as written there.</param>
/// <param name="Target">The URL.</param>
/// <param name="Detail">The reason.</param>
/// <param name="Attempts">The number of requests made.</param>
internal sealed record Finding(string Page, string Link, string Target, string Detail, int Attempts);

/// <summary>The result of the crawl. Fragments are checked here, because all pages are known by now.</summary>
internal sealed class Report
{
    internal Report(
        Uri start, bool interrupted, TimeSpan took, int pages, IReadOnlyDictionary<Uri, Verdict?> verdicts, IReadOnlyCollection<(Uri Page, Link Link)> links)
    {
        Start = start.AbsoluteUri;
        Interrupted = interrupted;
        Seconds = Math.Round(took.TotalSeconds, 3);
        Pages = pages;
        Links = links.Count;
        Targets = verdicts.Values.Count(verdict => verdict is not null);

        List<Finding> broken = [], skipped = [];
        Judge(new Uri("about:start"), new Link(start.AbsoluteUri, start, ""));
        foreach ((Uri page, Link link) in links)
        {
            Judge(page, link);
        }

        Broken = Sorted(broken);
        Skipped = Sorted(skipped);

        void Judge(Uri page, Link link)
        {
            Verdict? verdict = verdicts.GetValueOrDefault(link.Target);
            string place = page.Scheme == "about" ? "(start)" : page.AbsoluteUri;
            switch (verdict)
            {
                case { Outcome: Outcome.Broken }:
                    broken.Add(new Finding(place, link.Written, link.Target.AbsoluteUri, verdict.Detail, verdict.Attempts));
                    break;
                case { Outcome: Outcome.Skipped }:
                    skipped.Add(new Finding(place, link.Written, link.Target.AbsoluteUri, verdict.Detail, verdict.Attempts));
                    break;
                case { Anchors: { } anchors } when !Leads(link.Fragment, anchors):
                    broken.Add(new Finding(place, link.Written, verdict.Final.AbsoluteUri, $"no fragment '{link.Fragment}'", verdict.Attempts));
                    break;
            }
        }
    }

    public string Start { get; }

    public bool Interrupted { get; }

    public double Seconds { get; }

    /// <summary>Gets the number of pages that were read.</summary>
    public int Pages { get; }

    /// <summary>Gets the number of links in those pages.</summary>
    public int Links { get; }

    /// <summary>Gets the number of different URLs with a result.</summary>
    public int Targets { get; }

    public IReadOnlyList<Finding> Broken { get; }

    public IReadOnlyList<Finding> Skipped { get; }

    internal async ValueTask WriteAsync(TextWriter output, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(this, ReportJson.Readable.Report));
            return;
        }

        foreach (IGrouping<string, Finding> page in Broken.GroupBy(finding => finding.Page))
        {
            await output.WriteLineAsync(page.Key);
            foreach (Finding finding in page)
            {
                string attempts = finding.Attempts > 1 ? $" ({finding.Attempts} attempts)" : "";
                await output.WriteLineAsync($"    {finding.Link}: {finding.Detail}{attempts}");
            }
        }

        foreach (IGrouping<string, Finding> reason in Skipped.GroupBy(finding => finding.Detail))
        {
            await output.WriteLineAsync($"not looked up, {reason.Key}: {reason.Select(finding => finding.Target).Distinct().Count()} URLs");
        }

        await output.WriteLineAsync(FormattableString.Invariant(
            $"{Pages} pages, {Links} links to {Targets} URLs, {Broken.Count} broken; {Seconds:0.0} s{(Interrupted ? "; interrupted" : "")}"));
    }

    // The empty fragment and `top` mean the top of any page (HTML standard). The part from `:~:` on is only for the browser.
    private static bool Leads(string fragment, IReadOnlySet<string> anchors)
    {
        int directive = fragment.IndexOf(":~:", StringComparison.Ordinal);
        string name = directive < 0 ? fragment : fragment[..directive];
        return name.Length == 0 || name.Equals("top", StringComparison.OrdinalIgnoreCase) || anchors.Contains(name);
    }

    private static List<Finding> Sorted(List<Finding> findings) => [.. findings.Distinct()
        .OrderBy(finding => finding.Page, StringComparer.Ordinal).ThenBy(finding => finding.Link, StringComparer.Ordinal)];
}

[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    internal static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    });
}
