using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Goroutines.Race;

/// <summary>The stacks in reports: the program's own frames, in Go's layout.</summary>
internal static class RaceStack
{
    /// <summary>Returns the frames of the caller's stack that belong to the program.</summary>
    internal static string Capture()
    {
        StringBuilder text = new();
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || !IsProgram(type.Assembly))
            {
                continue;
            }

            text.Append("  ").Append(NameOf(type, method)).Append("()\n");
            if (frame.GetFileName() is { } file)
            {
                text.Append(CultureInfo.InvariantCulture, $"      {file}:{frame.GetFileLineNumber()}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Returns a stack for a report. The first frame is the site's, whose line is exact. Inlining and optimization may have
    /// changed the lines of the stack.</summary>
    internal static string Of(RaceSite site, string? stack)
    {
        string first = $"  {site.Method}()\n      {site.File}:{site.Line.ToString(CultureInfo.InvariantCulture)}\n";
        if (site.File.Length == 0)
        {
            return $"  {site.Method}()\n{stack}"; // inside the library: the operation, and its callers
        }

        if (stack is null)
        {
            return first;
        }

        // Replace the first frame of the stack, if it is the site's method.
        int end = stack.StartsWith($"  {site.Method}()\n", StringComparison.Ordinal) ? stack.IndexOf("\n  ", 2, StringComparison.Ordinal) : -1;
        while (end >= 0 && end + 3 < stack.Length && stack[end + 3] == ' ')
        {
            end = stack.IndexOf("\n  ", end + 1, StringComparison.Ordinal);
        }

        return stack.StartsWith($"  {site.Method}()\n", StringComparison.Ordinal) ? first + (end < 0 ? "" : stack[(end + 1)..]) : first + stack;
    }

    /// <summary>Returns a method's name as in the source: "Bank.Deposit" also for the class that the compiler makes of an async
    /// method.</summary>
    internal static string NameOf(Type type, MethodBase method) => RaceNames.Of(type.FullName ?? type.Name, method.Name);

    private static bool IsProgram(Assembly assembly)
        => assembly.GetName().Name is { } name && !name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("Microsoft.", StringComparison.Ordinal)
            && !name.StartsWith("xunit", StringComparison.Ordinal) && name is not ("Goroutines" or "Goroutines.Testing" or "Goroutines.Race");
}
