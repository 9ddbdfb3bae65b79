using System.Globalization;
using System.Text;

namespace Balancer;

/// <summary>Builds metrics in Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricsText
{
    private readonly StringBuilder _text = new();

    internal void Add(string name, string type, string help, IEnumerable<Backend> backends, Func<Backend, long> value)
    {
        Begin(name, type, help);
        foreach (Backend backend in backends)
        {
            Line($"{name}{{backend=\"{backend.Address}\"}} {value(backend)}");
        }
    }

    internal void Add(string name, string type, string help, long value)
    {
        Begin(name, type, help);
        Line($"{name} {value}");
    }

    internal void Add(string name, string help, Histogram histogram)
    {
        Begin(name, "histogram", help);
        long sum = 0;
        for (int i = 0; i < Histogram.Bounds.Length; i++)
        {
            sum += histogram.Count(i);
            Line($"{name}_bucket{{le=\"{Histogram.Bounds[i]}\"}} {sum}");
        }

        sum += histogram.Count(Histogram.Bounds.Length);
        Line($"{name}_bucket{{le=\"+Inf\"}} {sum}");
        Line($"{name}_sum {histogram.SumSeconds}");
        Line($"{name}_count {sum}");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Begin(string name, string type, string help)
    {
        Line($"# HELP {name} {help}");
        Line($"# TYPE {name} {type}");
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
