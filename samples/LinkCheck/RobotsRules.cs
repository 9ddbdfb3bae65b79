using System.Globalization;

namespace LinkCheck;

/// <summary>The rules of a robots.txt for this program (RFC 9309). The longest rule that matches decides; of two with the same length, the
/// one that allows.</summary>
internal sealed class RobotsRules
{
    /// <summary>The name by which a robots.txt addresses this program.</summary>
    internal const string Agent = "goroutines-linkcheck";

    /// <summary>The longest delay that a robots.txt may ask for.</summary>
    private const double MostDelaySeconds = 30;

    private readonly List<(string Pattern, bool Allowed)> _rules = [];

    /// <summary>Gets rules that allow everything, for hosts without a robots.txt.</summary>
    internal static RobotsRules AllowAll { get; } = new();

    /// <summary>Gets rules that allow nothing, for servers that fail to send their rules (RFC 9309, 2.3.1.4).</summary>
    internal static RobotsRules AllowNothing { get; } = new() { _rules = { ("/", false) } };

    /// <summary>Gets the minimum time between two requests; zero if the file does not say.</summary>
    internal TimeSpan Delay { get; private set; }

    /// <summary>Parses a robots.txt. Unknown lines are skipped.</summary>
    internal static RobotsRules Parse(string text)
    {
        RobotsRules own = new(), general = new();
        bool hasOwn = false;
        List<RobotsRules> group = [];
        bool inNames = false;
        foreach (string line in text.Split('\n'))
        {
            string[] parts = line.Split('#')[0].Split(':', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2)
            {
                continue;
            }

            string key = parts[0].ToLowerInvariant(), value = parts[1];
            if (key == "user-agent")
            {
                if (!inNames)
                {
                    group.Clear();
                    inNames = true;
                }

                if (value == "*")
                {
                    group.Add(general);
                }
                else if (value.Equals(Agent, StringComparison.OrdinalIgnoreCase))
                {
                    group.Add(own);
                    hasOwn = true;
                }

                continue;
            }

            inNames = false;
            group.ForEach(rules => rules.Add(key, value));
        }

        return hasOwn ? own : general;
    }

    /// <summary>Returns whether a path with its query may be requested.</summary>
    internal bool Allows(string pathAndQuery)
    {
        int longest = -1;
        bool allowed = true;
        foreach ((string pattern, bool allows) in _rules)
        {
            if ((pattern.Length > longest || (pattern.Length == longest && allows)) && Matches(pattern, pathAndQuery))
            {
                longest = pattern.Length;
                allowed = allows;
            }
        }

        return allowed;
    }

    private void Add(string key, string value)
    {
        switch (key)
        {
            case "allow" or "disallow" when value.Length > 0:
                _rules.Add((value, key == "allow"));
                break;
            case "crawl-delay" when double.TryParse(value, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
                Delay = TimeSpan.FromSeconds(Math.Min(seconds, MostDelaySeconds));
                break;
        }
    }

    // `*` means any characters, and `$` at the end means the end; without it, the pattern is a prefix. Linear in the path for each part.
    private static bool Matches(string pattern, string path)
    {
        bool toEnd = pattern.EndsWith('$');
        string[] parts = (toEnd ? pattern[..^1] : pattern).Split('*');
        if (!path.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        int position = parts[0].Length;
        for (int i = 1; i < parts.Length; i++)
        {
            if (toEnd && i == parts.Length - 1)
            {
                return path.Length - parts[i].Length >= position && path.EndsWith(parts[i], StringComparison.Ordinal);
            }

            int found = path.IndexOf(parts[i], position, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            position = found + parts[i].Length;
        }

        return !toEnd || position == path.Length;
    }
}
