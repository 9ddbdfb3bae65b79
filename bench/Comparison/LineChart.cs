using System.Globalization;
using System.Text;

namespace Goroutines.Comparison;

/// <summary>A curve for each side, both axes logarithmic, the figure's from 0 decades up.</summary>
internal static class LineChart
{
    private const int Width = 560;
    private const int Height = 300;
    private const int Left = 70;
    private const int Right = 110;
    private const int Top = 40;
    private const int Bottom = 50;

    public static string Write(Curve curve, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> sides)
    {
        var all = sides.SelectMany(side => side.Points).ToArray();
        double fromX = curve.Points[0].X, toX = curve.Points[^1].X;
        var toY = Math.Pow(10, Math.Ceiling(Math.Log10(all.Select(point => point.Y).Append(10).Max() * 1.05)));
        var fromY = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, all.Select(point => point.Y).Append(toY / 10).Min()))));

        var svg = new StringBuilder();
        Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Append($"<title>{curve.Title}</title>");
        Append($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        Append($"<text x=\"{Left}\" y=\"22\" font-size=\"14\" font-weight=\"bold\" fill=\"#1f2328\">{curve.Title}</text>");
        Append($"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\" fill=\"#57606a\">{curve.XLabel}</text>");
        Append($"<text x=\"14\" y=\"{(Top + Height - Bottom) / 2}\" text-anchor=\"middle\" fill=\"#57606a\" transform=\"rotate(-90 14 {(Top + Height - Bottom) / 2})\">{curve.Unit}</text>");
        foreach (var point in curve.Points)
        {
            Append($"<line x1=\"{X(point.X):0.0}\" y1=\"{Top}\" x2=\"{X(point.X):0.0}\" y2=\"{Height - Bottom}\" stroke=\"#d8dee4\"/>");
            Append($"<text x=\"{X(point.X):0.0}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\" fill=\"#57606a\">{point.X.ToString("#,0", CultureInfo.InvariantCulture)}</text>");
        }
        for (var tick = fromY; tick <= toY * 1.001; tick *= 10)
        {
            Append($"<line x1=\"{Left}\" y1=\"{Y(tick):0.0}\" x2=\"{Width - Right}\" y2=\"{Y(tick):0.0}\" stroke=\"#d8dee4\"/>");
            Append($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.0}\" text-anchor=\"end\" fill=\"#57606a\">{tick.ToString("#,0", CultureInfo.InvariantCulture)}</text>");
        }
        var labels = new List<double>();
        foreach (var (name, points) in sides.Where(side => side.Points.Count > 0).OrderBy(side => side.Points[^1].Y))
        {
            Append($"<polyline points=\"{string.Join(' ', points.Select(point => FormattableString.Invariant($"{X(point.X):0.0},{Y(point.Y):0.0}")))}\" fill=\"none\" stroke=\"{Color(name)}\" stroke-width=\"2\"/>");
            foreach (var (x, y) in points)
            {
                Append($"<circle cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"3\" fill=\"{Color(name)}\"/>");
            }

            // Labels of curves that end close together are moved apart.
            var at = Y(points[^1].Y) + 4;
            while (labels.Exists(other => Math.Abs(other - at) < 13))
            {
                at -= 1;
            }
            labels.Add(at);
            Append($"<text x=\"{Width - Right + 8}\" y=\"{at:0.0}\" fill=\"{Color(name)}\">{name} {points[^1].Y.ToString("#,0", CultureInfo.InvariantCulture)}</text>");
        }
        svg.AppendLine("</svg>");
        return svg.ToString();

        void Append(FormattableString element) => svg.AppendLine(element.ToString(CultureInfo.InvariantCulture));

        double X(double value) => Left + (Width - Left - Right) * Math.Log(value / fromX) / Math.Log(toX / fromX);

        double Y(double value) => Height - Bottom - (Height - Top - Bottom) * Math.Log(Math.Clamp(value, fromY, toY) / fromY) / Math.Log(toY / fromY);
    }

    private static string Color(string side) => side switch
    {
        Peer.Ours => "#1a7f37",
        Peer.Go => "#0969da",
        _ => "#8c959f",
    };
}
