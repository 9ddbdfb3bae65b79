namespace Goroutines.Comparison;

/// <summary>The figures of all rounds, by side, workload and name.</summary>
internal sealed class Samples
{
    private readonly Dictionary<(string Peer, string Workload, string Figure), List<double>> _samples = [];
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Add(string peer, string workload, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (figure, value) in figures)
        {
            if (!_samples.TryGetValue((peer, workload, figure), out var samples))
            {
                _samples[(peer, workload, figure)] = samples = [];
            }
            samples.Add(value);
        }
    }

    public void AddFailure(string peer, string workload, string message) => AddFailure($"{workload} ({peer}): {message}");

    /// <summary>Adds a failure in the form of <see cref="Failures"/>.</summary>
    public void AddFailure(string failure) => _failures.Add(failure);

    public IReadOnlyList<double> Of(string peer, string workload, string figure) =>
        _samples.TryGetValue((peer, workload, figure), out var samples) ? samples : [];

    /// <summary>Removes what was measured of a workload.</summary>
    public void Remove(string workload)
    {
        foreach (var key in _samples.Keys.Where(key => key.Workload == workload).ToArray())
        {
            _samples.Remove(key);
        }
    }

    public double? Median(string peer, string workload, string figure) => Median(Of(peer, workload, figure));

    public static double? Median(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length switch
        {
            0 => null,
            _ when sorted.Length % 2 == 1 => sorted[middle],
            _ => (sorted[middle - 1] + sorted[middle]) / 2,
        };
    }
}
