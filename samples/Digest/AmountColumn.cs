using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Digest;

/// <summary>The amount hashed, and of how much once that is known.</summary>
internal sealed class AmountColumn : ProgressColumn
{
    private const double Mebibyte = 1024 * 1024;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var done = task.Value / Mebibyte;
        return new Text(task.IsIndeterminate
            ? string.Create(CultureInfo.InvariantCulture, $"{done:F0} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{done:F0} of {task.MaxValue / Mebibyte:F0} MiB, {task.Percentage:F0} %"));
    }
}
