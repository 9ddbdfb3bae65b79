using System.Diagnostics;

namespace Goroutines.Runtime;

/// <summary>A set of labels: pairs of a key and a value, ordered by key. Immutable.</summary>
internal sealed class LabelSet
{
    private readonly KeyValuePair<string, string>[] _labels;

    private LabelSet(KeyValuePair<string, string>[] labels) => _labels = labels;

    internal IReadOnlyList<KeyValuePair<string, string>> All => _labels;

    /// <summary>Returns the labels of <paramref name="under"/> and further ones, which replace those with the same key.</summary>
    internal static LabelSet With(LabelSet? under, IEnumerable<KeyValuePair<string, string>> further)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach ((string key, string value) in under?._labels ?? [])
        {
            all[key] = value;
        }

        foreach ((string key, string value) in further)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            ArgumentNullException.ThrowIfNull(value);
            all[key] = value;
        }

        return new LabelSet([.. all]);
    }

    /// <summary>Returns an activity as labels: its name and the id of its trace.</summary>
    internal static LabelSet Of(Activity activity, LabelSet? under)
        => With(under, [new("activity", activity.DisplayName), new("trace_id", activity.TraceId.ToHexString())]);
}
