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
        "System.Collections.Generic.OrderedDictionary`2", "System.Collections.ObjectModel.Collection`1", "System.Collections.ObjectModel.ObservableCollection`1", "System.Collections.Queue",
        "System.Collections.Stack", "System.Collections.SortedList", "System.Text.Json.Nodes.JsonObject", "System.Text.Json.Nodes.JsonArray", "System.Random",
    ];

    private static readonly HashSet<string> s_interfaces =
    [
        "System.Collections.Generic.IEnumerable`1", "System.Collections.Generic.ICollection`1", "System.Collections.Generic.IList`1", "System.Collections.Generic.IDictionary`2",
        "System.Collections.Generic.ISet`1", "System.Collections.Generic.IReadOnlyCollection`1", "System.Collections.Generic.IReadOnlyList`1",
        "System.Collections.Generic.IReadOnlyDictionary`2", "System.Collections.Generic.IReadOnlySet`1", "System.Collections.IEnumerable", "System.Collections.ICollection",
        "System.Collections.IList", "System.Collections.IDictionary",
    ];

    /// <summary>Collections whose enumerators begin with a reference to them.</summary>
    private static readonly HashSet<string> s_enumerated =
    [
        "System.Collections.Generic.List`1", "System.Collections.Generic.Dictionary`2", "System.Collections.Generic.HashSet`1", "System.Collections.Generic.Queue`1",
        "System.Collections.Generic.Stack`1", "System.Collections.Generic.LinkedList`1",
    ];

    /// <summary>Methods of LINQ that go through all of a sequence before they return.</summary>
    private static readonly HashSet<string> s_complete = ["Sum", "Average", "Max", "Min", "ToArray", "ToList", "ToDictionary", "ToHashSet", "ToLookup", "Aggregate", "AddRange", "UnionWith", "Concat", "Join"];

    private static readonly string[] s_changing =
    [
        "Add", "TryAdd", "Insert", "Remove", "Clear", "set_", "Enqueue", "Dequeue", "TryDequeue", "Push", "Pop", "TryPop", "Sort", "Reverse", "UnionWith", "IntersectWith", "ExceptWith",
        "SymmetricExceptWith", "Next", "Shuffle", "Append", "Replace", "EnsureCapacity", "TrimExcess", "Set", "And", "Or", "Xor", "Not",
    ];

    /// <summary>Namespaces whose types may order what strands do, in ways that the detector does not know.</summary>
    private static readonly string[] s_ordering =
    [
        "System.Threading", "System.Collections.Concurrent", "System.Collections.Immutable.ImmutableInterlocked", "System.Buffers.MemoryPool", "System.Buffers.IMemoryOwner", "System.IO", "System.Net", "System.Timers", "System.Diagnostics.Process",
    ];

    /// <summary>Types and members of those namespaces that order nothing.</summary>
    private static readonly HashSet<string> s_pure =
    [
        "System.Threading.Thread::Sleep", "System.Threading.Thread::Yield", "System.Threading.Thread::SpinWait", "System.Threading.Thread::get_CurrentThread",
        "System.Threading.Thread::set_IsBackground", "System.Threading.Thread::set_Name", "System.Threading.Thread::get_ManagedThreadId", "System.Threading.Tasks.Task::Delay",
        "System.Threading.Tasks.Task::Yield", "System.Threading.Tasks.Task::get_CompletedTask", "System.Threading.Tasks.Task::FromResult", "System.Threading.Tasks.Task::FromException",
        "System.Threading.Tasks.Task::FromCanceled", "System.Threading.Tasks.Task::get_Factory", "System.Threading.Tasks.Task`1::get_Factory", "System.Threading.Tasks.Task::get_Id",
        "System.Threading.Tasks.Task::get_CurrentId", "System.Threading.Tasks.Task::get_AsyncState", "System.Threading.Tasks.Task::get_CreationOptions", "System.Threading.Tasks.Task::GetAwaiter",
        "System.Threading.Tasks.TaskScheduler::get_Default", "System.Threading.Tasks.TaskScheduler::get_Current",
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

    /// <summary>Whether a member of a list reads its elements.</summary>
    internal static bool ReadsItems(MethodReference member)
        => member.Name is "GetEnumerator" or "ToArray" or "CopyTo" or "Contains" or "IndexOf" or "LastIndexOf" or "Exists" or "ForEach" or "TrueForAll" or "BinarySearch" or "ConvertAll" or "GetRange"
            || member.Name.StartsWith("Find", StringComparison.Ordinal);

    /// <summary>Whether a type is an interface by which such collections are used.</summary>
    internal static bool IsInterfaceOfCollections(TypeReference type) => s_interfaces.Contains(ElementOf(type).FullName);

    /// <summary>Whether a type is the enumerator of a collection, and begins with a reference to it.</summary>
    internal static bool IsEnumeratorOfCollection(TypeReference type)
        => type is { Name: "Enumerator", DeclaringType: { } collection } && s_enumerated.Contains(ElementOf(collection).FullName);

    /// <summary>Whether a method goes through sequences that it is given.</summary>
    internal static bool ReadsSequences(MethodReference called)
        => (called.DeclaringType.FullName is "System.Linq.Enumerable" or "System.String" or "System.Collections.Generic.CollectionExtensions" || (called.Name == ".ctor" && IsCollection(called.DeclaringType)))
            && called.Parameters.Any(static parameter => IsSequence(parameter.ParameterType));

    /// <summary>Whether such a method goes through all of them at once.</summary>
    internal static bool ReadsAll(MethodReference called) => called.Name == ".ctor" || s_complete.Contains(called.Name);

    /// <summary>Whether a parameter takes collections of any kind.</summary>
    internal static bool IsSequence(TypeReference type) => s_interfaces.Contains(ElementOf(type).FullName);

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
        if (scope.StartsWith("xunit", StringComparison.Ordinal) || called.Name == ".ctor")
        {
            return false;
        }

        if (scope is "Goroutines" or "Goroutines.Testing" or "Goroutines.Race")
        {
            return type.Namespace == "Goroutines.Net";
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

    /// <summary>Whether a method takes delegates that are the bodies of tasks, or callbacks.</summary>
    internal static bool TakesBodies(MethodReference called) => ElementOf(called.DeclaringType).FullName switch
    {
        "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1" => called.Name is ".ctor" or "ContinueWith",
        "System.Threading.Tasks.TaskFactory" or "System.Threading.Tasks.TaskFactory`1" => called.Name is "StartNew" or "ContinueWhenAll" or "ContinueWhenAny" or "FromAsync",
        "System.Threading.CancellationToken" => called.Name is "Register" or "UnsafeRegister",
        _ => false,
    };

    /// <summary>Returns the name of the method that makes a line of execution of a delegate; null if a type is none of those.</summary>
    /// <remarks>The delegates that begin an operation of the old pattern are called at once, by the caller.</remarks>
    internal static string? BodyOf(TypeReference type) => ElementOf(type).FullName switch
    {
        _ when type is GenericInstanceType instance && instance.GenericArguments.Any(static argument => argument.FullName == "System.AsyncCallback") => null,
        "System.Action" => "BodyAction0",
        "System.Action`1" => "BodyAction1",
        "System.Action`2" => "BodyAction2",
        "System.Func`1" => "BodyFunc0",
        "System.Func`2" => "BodyFunc1",
        "System.Func`3" => "BodyFunc2",
        _ => null,
    };

    /// <summary>Whether a method belongs to the framework.</summary>
    internal static bool IsOf(MethodReference called)
        => ElementOf(called.DeclaringType).Scope.Name is { } scope && (scope.StartsWith("System", StringComparison.Ordinal) || scope is "netstandard" or "mscorlib");

    internal static TypeReference ElementOf(TypeReference type) => type is GenericInstanceType instance ? instance.ElementType : type;
}
