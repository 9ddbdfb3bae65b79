using Mono.Cecil;

namespace Goroutines.Race.Rewriter;

/// <summary>What is known of code that is not rewritten.</summary>
internal static class Framework
{
    private static readonly HashSet<string> s_collections =
    [
        "System.Collections.Generic.List`1", "System.Collections.Generic.Dictionary`2", "System.Collections.Generic.HashSet`1", "System.Collections.Generic.Queue`1",
        "System.Collections.Generic.Stack`1", "System.Collections.Generic.SortedDictionary`2", "System.Collections.Generic.SortedList`2", "System.Collections.Generic.SortedSet`1",
        "System.Collections.Generic.LinkedList`1", "System.Collections.Generic.PriorityQueue`2", "System.Collections.BitArray", "System.Collections.ArrayList", "System.Text.StringBuilder",
    ];

    private static readonly string[] s_changing =
    [
        "Add", "TryAdd", "Insert", "Remove", "Clear", "set_", "Enqueue", "Dequeue", "TryDequeue", "Push", "Pop", "TryPop", "Sort", "Reverse", "UnionWith", "IntersectWith", "ExceptWith",
        "SymmetricExceptWith", "Append", "Replace", "EnsureCapacity", "TrimExcess", "Set", "And", "Or", "Xor", "Not",
    ];

    /// <summary>Namespaces whose types may order what strands do, in ways that the detector does not know.</summary>
    private static readonly string[] s_ordering =
    [
        "System.Threading", "System.Collections.Concurrent", "System.IO", "System.Net", "System.Timers", "System.Diagnostics.Process",
    ];

    /// <summary>Types and members of those namespaces that order nothing.</summary>
    private static readonly HashSet<string> s_pure =
    [
        "System.Threading.Thread::Sleep", "System.Threading.Thread::Yield", "System.Threading.Thread::SpinWait", "System.Threading.Thread::get_CurrentThread",
        "System.Threading.Thread::set_IsBackground", "System.Threading.Thread::set_Name", "System.Threading.Thread::get_ManagedThreadId", "System.Threading.Tasks.Task::Delay",
        "System.Threading.Tasks.Task::Yield", "System.Threading.Tasks.Task::get_CompletedTask", "System.Threading.Tasks.Task::FromResult", "System.Threading.Tasks.Task::GetAwaiter",
        "System.Threading.Tasks.Task::ConfigureAwait", "System.Threading.Tasks.Task`1::GetAwaiter", "System.Threading.Tasks.Task`1::ConfigureAwait",
        "System.Threading.Tasks.TaskCompletionSource::get_Task", "System.Threading.Tasks.TaskCompletionSource`1::get_Task", "System.Threading.CancellationTokenSource::get_Token",
    ];

    private static readonly string[] s_pureTypes =
    [
        "System.Threading.Tasks.ValueTask", "System.Threading.Tasks.ValueTask`1", "System.Threading.CancellationToken", "System.Threading.Timeout", "System.Threading.AsyncLocal`1",
        "System.Threading.Interlocked", "System.Threading.Volatile", "System.IO.Path", "System.Threading.Lock", "System.Threading.Lock/Scope", "System.Threading.Monitor", "System.Threading.SpinWait",
    ];

    /// <summary>Whether a type is a collection of the framework that is not made for more than one strand at a time.</summary>
    internal static bool IsCollection(TypeReference type) => s_collections.Contains(ElementOf(type).FullName);

    /// <summary>Whether a member of such a collection changes it.</summary>
    internal static bool Changes(MethodReference member) => Array.Exists(s_changing, start => member.Name.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Whether a method may hand something to another strand, or get something from one, and the detector does not know what.</summary>
    internal static bool IsUnknown(MethodReference called, ModuleDefinition from)
    {
        TypeReference type = ElementOf(called.DeclaringType);
        if (type.Scope == from || type is ArrayType || type.IsGenericParameter)
        {
            return false;
        }

        while (type.DeclaringType is { } outer && !s_pureTypes.Contains(type.FullName))
        {
            type = outer;
        }

        string scope = type.Scope.Name;
        if (scope.StartsWith("Goroutines", StringComparison.Ordinal) || scope.StartsWith("xunit", StringComparison.Ordinal) || called.Name == ".ctor")
        {
            return false;
        }

        bool framework = scope.StartsWith("System", StringComparison.Ordinal) || scope is "netstandard" or "mscorlib";
        if (!framework)
        {
            return !scope.StartsWith("Microsoft.", StringComparison.Ordinal) || !scope.Contains("Primitives", StringComparison.Ordinal);
        }

        return Array.Exists(s_ordering, space => type.FullName.StartsWith(space, StringComparison.Ordinal))
            && !s_pureTypes.Contains(type.FullName)
            && !s_pure.Contains($"{type.FullName}::{called.Name}")
            && !(type.Namespace.StartsWith("System.Threading", StringComparison.Ordinal) && type.Name.EndsWith("Exception", StringComparison.Ordinal));
    }

    internal static TypeReference ElementOf(TypeReference type) => type is GenericInstanceType instance ? instance.ElementType : type;
}
