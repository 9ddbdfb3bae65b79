using System.Globalization;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>The default panic handler: Go's report, on standard error. The process goes on.</summary>
internal static class PanicPrinter
{
#pragma warning disable RS0030 // the default handler's place is standard error
    internal static readonly Action<PanicInfo> Default = static info => Console.Error.Write(Format(info));
#pragma warning restore RS0030

    internal static string Format(PanicInfo info)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"panic: {info.Exception.GetType()}: {info.Exception.Message}").AppendLine();
        for (Exception? inner = info.Exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tcaused by {inner.GetType()}: {inner.Message}").AppendLine();
        }

        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"goroutine {info.GoroutineId} [running]:").AppendLine();
        text.AppendLine(info.Exception.StackTrace ?? $"{info.GoroutineName}(...)");
        text.Append("created by ").AppendLine(info.CreatedAt);
        return text.ToString();
    }

    /// <summary>A handler threw: both exceptions are reported, and nothing more happens.</summary>
    internal static void HandlerFailed(PanicInfo info, Exception second)
#pragma warning disable RS0030 // the last resort of a report
        => Console.Error.Write($"{Format(info)}{Environment.NewLine}panic during panic: the panic handler threw {second}{Environment.NewLine}");
#pragma warning restore RS0030

    /// <summary>The handler of collected goroutines threw: that is reported, and nothing more happens.</summary>
    internal static void HandlerFailed(GoroutineInfo collected, Exception exception)
#pragma warning disable RS0030 // likewise
        => Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"The handler of collected goroutines threw for goroutine {collected.Id} (created at {collected.CreatedAt}): {exception}{Environment.NewLine}"));
#pragma warning restore RS0030
}
