using Mono.Cecil;

namespace ModelRewriter;

/// <summary>The methods of the explorer's class <c>Memory</c>, as the rewritten library refers to them.</summary>
internal sealed class RuntimeMethods
{
    private const string MemoryType = "Goroutines.ModelTests.Model.Memory";

    private readonly ModuleDefinition _library;
    private readonly Dictionary<string, MethodReference> _methods = [];

    internal RuntimeMethods(ModuleDefinition library, AssemblyDefinition runtime)
    {
        _library = library;
        TypeDefinition memory = runtime.MainModule.GetType(MemoryType) ?? throw new InvalidOperationException($"{runtime.Name.Name} has no type {MemoryType}.");
        foreach (MethodDefinition method in memory.Methods.Where(static method => method.IsPublic))
        {
            _methods.Add(method.Name, library.ImportReference(method));
        }
    }

    internal MethodReference Get(string name) => _methods.TryGetValue(name, out MethodReference? method)
        ? method
        : throw new InvalidOperationException($"{MemoryType} has no method {name}.");

    internal MethodReference Get(string name, TypeReference argument)
    {
        GenericInstanceMethod method = new(Get(name));
        method.GenericArguments.Add(_library.ImportReference(argument));
        return method;
    }
}
