using System.Globalization;

namespace Goroutines.Diagnostics;

/// <summary>The parameters of an address's query.</summary>
internal sealed class PageQuery
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    internal string? this[string key] => _values.GetValueOrDefault(key);

    internal static PageQuery Parse(string query)
    {
        PageQuery parsed = new();
        foreach (string pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parsed._values[Decode(equals < 0 ? pair : pair[..equals])] = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        }

        return parsed;
    }

    /// <summary>Returns a positive number, for an amount; 0 becomes 1.</summary>
    /// <exception cref="FormatException">The parameter is no such number.</exception>
    internal int Number(string key, int otherwise)
        => this[key] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Math.Max(1, number)
            : throw new FormatException($"\"{text}\" is no {key}.");

    /// <summary>Returns a non-negative number, for an id or a time in nanoseconds.</summary>
    /// <exception cref="FormatException">The parameter is no such number.</exception>
    internal long Long(string key, long otherwise)
        => this[key] is not { Length: > 0 } text ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw new FormatException($"\"{text}\" is no {key}.");

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
