using System.Globalization;
using System.Text;

namespace Goroutines.Comparison;

/// <summary>The ratios as bars on a logarithmic scale: ours/Go, thinner .NET/Go, and marks for what ours/Go must be at most.</summary>
internal static class SvgChart
{
    private const int Left = 190;
    private const int PlotWidth = 560;
    private const int Top = 64;
    private const int RowHeight = 30;
    private const int Bottom = 34;
    private const int Width = Left + PlotWidth + 80;

    private static readonly double[] s_ticks =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    public static string Write(Report report)
    {
        Row[] rows = [.. report.Rows.Where(row => row.OursToGo is not null || row.DotNetToGo is not null)];
        var ratios = rows.SelectMany(row => (double?[])[row.OursToGo, row.DotNetToGo, row.Line.Bound, row.Line.Stretch]).OfType<double>();
        var from = s_ticks.Last(tick => tick <= Math.Max(ratios.Append(0.5).Min(), s_ticks[0]));
        var to = s_ticks.First(tick => tick >= Math.Min(ratios.Append(2).Max(), s_ticks[^1]));
        var height = Top + rows.Length * RowHeight + Bottom;

        var svg = new StringBuilder();
        Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Append($"<title>Ratio to Go by workload</title>");
        Append($"<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        Append($"<text x=\"{Left}\" y=\"22\" font-size=\"15\" font-weight=\"bold\" fill=\"#1f2328\">Ratio to Go (logarithmic; to the left of 1 is better)</text>");
        Legend();
        foreach (var tick in s_ticks.Where(tick => tick >= from && tick <= to))
        {
            var at = X(tick);
            var color = tick == 1 ? "#57606a" : "#d8dee4";
            Append($"<line x1=\"{at:0.0}\" y1=\"{Top - 4}\" x2=\"{at:0.0}\" y2=\"{height - Bottom}\" stroke=\"{color}\"/>");
            Append($"<text x=\"{at:0.0}\" y=\"{height - Bottom + 16}\" text-anchor=\"middle\" fill=\"#57606a\">{tick}</text>");
        }
        for (var i = 0; i < rows.Length; i++)
        {
            Bars(rows[i], Top + i * RowHeight);
        }
        svg.AppendLine("</svg>");
        return svg.ToString();

        void Append(FormattableString element) => svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));

        double X(double ratio) => Left + PlotWidth * Math.Log(Math.Clamp(ratio, from, to) / from) / Math.Log(to / from);

        void Bars(Row row, int y)
        {
            Append($"<text x=\"{Left - 8}\" y=\"{y + 15}\" text-anchor=\"end\" fill=\"#1f2328\">{row.Line.Label}</text>");
            if (row.OursToGo is { } ours)
            {
                Append($"<rect x=\"{Left}\" y=\"{y + 3}\" width=\"{Math.Max(X(ours) - Left, 1):0.0}\" height=\"14\" fill=\"{Color(row.Verdict)}\"/>");
            }
            if (row.DotNetToGo is { } dotnet)
            {
                Append($"<rect x=\"{Left}\" y=\"{y + 19}\" width=\"{Math.Max(X(dotnet) - Left, 1):0.0}\" height=\"5\" fill=\"#afb8c1\"/>");
            }
            if (row.Line.Bound is { } bound)
            {
                Append($"<line x1=\"{X(bound):0.0}\" y1=\"{y}\" x2=\"{X(bound):0.0}\" y2=\"{y + 26}\" stroke=\"#cf222e\" stroke-width=\"2\"/>");
            }
            if (row.Line.Stretch is { } stretch)
            {
                Append($"<line x1=\"{X(stretch):0.0}\" y1=\"{y}\" x2=\"{X(stretch):0.0}\" y2=\"{y + 26}\" stroke=\"#8250df\" stroke-width=\"2\" stroke-dasharray=\"3 2\"/>");
            }
            if (row.OursToGo is { } value)
            {
                Append($"<text x=\"{X(value) + 6:0.0}\" y=\"{y + 14}\" fill=\"#1f2328\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\">{value:0.##}</text>");
            }
        }

        void Legend()
        {
            Append($"<rect x=\"{Left}\" y=\"34\" width=\"14\" height=\"12\" fill=\"{Color(Verdict.Met)}\"/>");
            Append($"<rect x=\"{Left + 14}\" y=\"34\" width=\"14\" height=\"12\" fill=\"{Color(Verdict.Missed)}\"/>");
            Append($"<text x=\"{Left + 34}\" y=\"45\" fill=\"#1f2328\">ours: met, missed</text>");
            Append($"<rect x=\"{Left + 160}\" y=\"38\" width=\"28\" height=\"5\" fill=\"#afb8c1\"/>");
            Append($"<text x=\"{Left + 194}\" y=\"45\" fill=\"#1f2328\">.NET without us</text>");
            Append($"<line x1=\"{Left + 312}\" y1=\"32\" x2=\"{Left + 312}\" y2=\"48\" stroke=\"#cf222e\" stroke-width=\"2\"/>");
            Append($"<text x=\"{Left + 320}\" y=\"45\" fill=\"#1f2328\">ours at most</text>");
            Append($"<line x1=\"{Left + 420}\" y1=\"32\" x2=\"{Left + 420}\" y2=\"48\" stroke=\"#8250df\" stroke-width=\"2\" stroke-dasharray=\"3 2\"/>");
            Append($"<text x=\"{Left + 428}\" y=\"45\" fill=\"#1f2328\">stretch</text>");
        }
    }

    private static string Color(Verdict verdict) => verdict switch
    {
        Verdict.Missed => "#d4a72c",
        Verdict.NotJudged => "#54aeff",
        _ => "#2da44e",
    };
}
