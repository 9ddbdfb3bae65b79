namespace Goroutines.GoComparison;

/// <summary>The rows, in the order in which the benchmarks ran.</summary>
internal sealed class Rows
{
    private readonly List<Row> _rows = [];
    private readonly Dictionary<(string Package, string Name, string Unit), Row> _byKey = [];

    public IEnumerable<Row> Compared => _rows.Where(static row => row.IsCompared && row.Ratio is not null);

    public void Add(string package, IEnumerable<Figure> figures, bool ours)
    {
        foreach (var figure in figures)
        {
            var key = (package, figure.Name, figure.Unit);
            if (!_byKey.TryGetValue(key, out var row))
            {
                _byKey[key] = row = new Row(package, figure.Name, figure.Unit);
                _rows.Add(row);
            }
            (ours ? row.Ours : row.Go).Add(figure.Value);
        }
    }

    /// <summary>What a benchmark allocates for an operation.</summary>
    public Row? BytesOf(Row row) => _byKey.GetValueOrDefault((row.Package, row.Name, Row.Bytes));

    /// <summary>The parts that one side has and the other has not.</summary>
    public IEnumerable<string> Unpaired() =>
        _rows.Where(static row => row.IsCompared && (row.Ours.Count == 0) != (row.Go.Count == 0))
            .Select(static row => $"{row.Package}.{row.Name} ({row.Unit}) is {(row.Ours.Count == 0 ? "Go's" : "ours")} alone");
}
