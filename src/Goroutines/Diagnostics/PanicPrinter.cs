using System.Globalization;
using System.Text;

namespace Goroutines.Diagnostics;

/// <summary>The default panic handler: writes Go's report to standard error. The process continues.</summary>
/// <remarks>Nothing here throws, even if standard error is closed or on a full disk, or an exception's own text throws.</remarks>
internal static class PanicPrinter
{
    internal static readonly Action<PanicInfo> Default = Print;

    internal static void Print(PanicInfo info) => Write(Format(info));

    internal static string Format(PanicInfo info)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"panic: {info.Exception.GetType()}: {MessageOf(info.Exception)}").AppendLine();
        for (Exception? inner = info.Exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            text.Append(CultureInfo.InvariantCulture, $"\tcaused by {inner.GetType()}: {MessageOf(inner)}").AppendLine();
        }

        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"goroutine {info.GoroutineId} [running]:").AppendLine();
        text.AppendLine(TraceOf(info.Exception) ?? $"{info.GoroutineName}(...)");
        text.Append("created by ").AppendLine(info.CreatedAt);
        return text.ToString();
    }

    /// <summary>Called when a handler threw: both exceptions are reported, and nothing more happens.</summary>
    internal static void HandlerFailed(PanicInfo info, Exception second)
        => Write($"{Format(info)}{Environment.NewLine}panic during panic: the panic handler threw {second.GetType()}: {MessageOf(second)}{Environment.NewLine}{TraceOf(second)}{Environment.NewLine}");

    /// <summary>Called when the handler of collected goroutines threw: that is reported, and nothing more happens.</summary>
    internal static void HandlerFailed(GoroutineInfo collected, Exception exception)
        => Write(string.Create(CultureInfo.InvariantCulture, $"The handler of collected goroutines threw for goroutine {collected.Id} (created at {collected.CreatedAt}): {exception.GetType()}: {MessageOf(exception)}{Environment.NewLine}{TraceOf(exception)}{Environment.NewLine}"));

    private static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message;
        }
        catch (Exception third)
        {
            return $"(its Message threw {third.GetType()})";
        }
    }

    private static string? TraceOf(Exception exception)
    {
        try
        {
            return exception.StackTrace;
        }
        catch (Exception third)
        {
            return $"(its StackTrace threw {third.GetType()})";
        }
    }

    private static void Write(string text)
    {
        try
        {
#pragma warning disable RS0030 // the place of panics is standard error
            Console.Error.Write(text);
#pragma warning restore RS0030
        }
        catch (Exception)
        {
            // There is no other place to report it, and a panic does not end the process.
        }
    }
}
