using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Platform;

/// <summary>Readable names for methods that the compiler has renamed.</summary>
internal static class MethodNames
{
    /// <summary>The methods of the boxes met so far, empty for other types: a dump of a million goroutines meets few types.</summary>
    private static readonly ConditionalWeakTable<Type, string> s_ofBoxes = [];

    /// <summary>Returns the method that a delegate calls, as <c>Type.Method</c>.</summary>
    internal static string Of(Delegate body)
    {
        DiagnosticMethodInfo? method = DiagnosticMethodInfo.Create(body);
        return method is null ? "(unknown)" : Join(method.DeclaringTypeName ?? "", method.Name);
    }

    /// <summary>Returns the <see langword="async"/> method whose state machine the box holds, or null if it is not such a box.</summary>
    internal static string? OfStateMachineBox(Type box) => s_ofBoxes.GetValue(box, static box => FindOfStateMachineBox(box) ?? "") is { Length: not 0 } name ? name : null;

    private static string? FindOfStateMachineBox(Type box)
    {
        // AsyncStateMachineBox, StateMachineBox of a pooling builder; DebugFinalizable… and AsyncProfiler… while the framework traces.
        if (!box.IsGenericType || !box.Name.Contains("StateMachineBox`", StringComparison.Ordinal))
        {
            return null;
        }

        Type machine = box.GetGenericArguments()[^1];
        string name = machine.Name;
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        name = generic < 0 ? name : name[..generic];

        // The state machine of method M is a type named <M>d__N.
        int end = name.LastIndexOf('>');
        string method = name.StartsWith('<') && end > 0 ? name[1..end] : name;
        return Join(machine.DeclaringType?.FullName ?? "", method);
    }

    /// <summary>Undoes the compiler's names: <c>&lt;M&gt;b__0</c> is a lambda in M, <c>&lt;M&gt;g__F|0_0</c> its local function F.</summary>
    internal static string Join(string type, string method)
    {
        string outer = Plain(type);
        if (method.StartsWith('<'))
        {
            int close = method.IndexOf('>', StringComparison.Ordinal);
            if (method.StartsWith("<<", StringComparison.Ordinal))
            {
                close = method.IndexOf('>', close + 1);
            }

            string inside = method[1..Math.Max(1, close)].TrimStart('<').TrimEnd('>', '$');
            string rest = close + 1 < method.Length ? method[(close + 1)..] : "";
            int bar = rest.IndexOf('|', StringComparison.Ordinal);
            method = rest.StartsWith("g__", StringComparison.Ordinal) ? $"{inside}.{(bar < 0 ? rest[3..] : rest[3..bar])}"
                : rest.StartsWith("b__", StringComparison.Ordinal) ? $"{inside}.lambda"
                : inside;
        }

        return outer.Length == 0 ? method : $"{outer}.{method}";
    }

    /// <summary>Returns a type's name without the compiler's closure classes and generic arities.</summary>
    private static string Plain(string type)
    {
        string[] parts = type.Split('+', '/');
        string plain = parts[0];
        for (int i = 1; i < parts.Length && !parts[i].StartsWith('<'); i++)
        {
            plain += $".{parts[i]}";
        }

        int generic = plain.IndexOf('`', StringComparison.Ordinal);
        return generic < 0 ? plain : plain[..generic];
    }
}
