using Mono.Cecil;

namespace Goroutines.Race.Rewriter;

/// <summary>The methods of the detector, as a rewritten module refers to them, and those that stand in for the framework's.</summary>
internal sealed class RaceMethods
{
    private const string AccessType = "Goroutines.Race.RaceAccess";
    private const string ShimAttribute = "Goroutines.Race.RaceShimAttribute";

    private readonly ModuleDefinition _module;
    private readonly Dictionary<string, MethodDefinition> _access = [];
    private readonly Dictionary<string, (MethodDefinition Method, bool TakesSite)> _shims = [];

    internal RaceMethods(ModuleDefinition module, AssemblyDefinition race)
    {
        _module = module;
        TypeDefinition access = race.MainModule.GetType(AccessType) ?? throw new InvalidOperationException($"{race.Name.Name} has no type {AccessType}.");
        foreach (MethodDefinition method in access.Methods.Where(static method => method.IsPublic && method.IsStatic))
        {
            _access.Add(method.Name, method);
        }

        foreach (TypeDefinition type in race.MainModule.GetTypes())
        {
            if (type.CustomAttributes.SingleOrDefault(static attribute => attribute.AttributeType.FullName == ShimAttribute) is { } attribute)
            {
                TypeReference target = (TypeReference)attribute.ConstructorArguments[0].Value;
                foreach (MethodDefinition method in type.Methods.Where(static method => method.IsPublic && method.IsStatic))
                {
                    bool takesSite = method.Parameters is [.., { Name: "site" }];
                    string parameters = Parameters(takesSite ? method.Parameters.SkipLast(1) : method.Parameters, method.GenericParameters.Count);
                    _shims.Add($"{target.FullName}::{method.Name}({parameters})", (method, takesSite));
                }
            }
        }
    }

    internal MethodReference Get(string name) => _module.ImportReference(_access[name]);

    internal MethodReference Get(string name, params IEnumerable<TypeReference> arguments)
    {
        GenericInstanceMethod method = new(Get(name));
        foreach (TypeReference argument in arguments)
        {
            method.GenericArguments.Add(argument);
        }

        return method;
    }

    /// <summary>Returns the method that stands in for <paramref name="called"/>; null if there is none.</summary>
    /// <param name="called">The method of the framework.</param>
    /// <param name="takesSite">Whether the place in the program is an additional argument.</param>
    internal MethodReference? ShimFor(MethodReference called, out bool takesSite)
    {
        TypeReference type = called.DeclaringType;
        TypeReference element = type is GenericInstanceType instance ? instance.ElementType : type;
        bool creates = called.Name == ".ctor";
        string receiver = !called.HasThis || creates ? "" : Text(element, 0) + Arguments(element) + (type.IsValueType ? "&" : "");
        string parameters = Parameters(called.Parameters, element.GenericParameters.Count);
        string key = $"{element.FullName}::{NameOf(called)}({receiver}{(receiver.Length != 0 && parameters.Length != 0 ? "," : "")}{parameters})";
        takesSite = false;
        if (!_shims.TryGetValue(key, out (MethodDefinition Method, bool TakesSite) shim))
        {
            return null;
        }

        takesSite = shim.TakesSite;
        MethodReference reference = _module.ImportReference(shim.Method);
        TypeReference[] arguments = [.. (type as GenericInstanceType)?.GenericArguments ?? [], .. (called as GenericInstanceMethod)?.GenericArguments ?? []];
        if (arguments.Length == 0)
        {
            return reference;
        }

        GenericInstanceMethod generic = new(reference);
        foreach (TypeReference argument in arguments)
        {
            generic.GenericArguments.Add(argument);
        }

        return generic;
    }

    private static string NameOf(MethodReference called)
        => called.Name == ".ctor" ? "New" : called.Name.StartsWith("get_", StringComparison.Ordinal) ? called.Name[4..] : called.Name;

    private static string Arguments(TypeReference type)
        => type.GenericParameters.Count == 0 ? "" : $"<{string.Join(',', Enumerable.Range(0, type.GenericParameters.Count).Select(static i => $"#{i}"))}>";

    private static string Parameters(IEnumerable<ParameterDefinition> parameters, int ofType)
        => string.Join(',', parameters.Select(parameter => Text(parameter.ParameterType, ofType)));

    /// <summary>A type's name in which the generic parameters of the type, and then those of the method, are numbered.</summary>
    private static string Text(TypeReference type, int ofType) => type switch
    {
        GenericParameter { Type: GenericParameterType.Type } parameter => $"#{parameter.Position}",
        GenericParameter parameter => $"#{(parameter.Owner is MethodDefinition { DeclaringType.HasGenericParameters: false } ? 0 : ofType) + parameter.Position}",
        ByReferenceType reference => Text(reference.ElementType, ofType) + "&",
        ArrayType array => Text(array.ElementType, ofType) + "[]",
        IModifierType modified => Text(modified.ElementType, ofType),
        GenericInstanceType instance => $"{instance.ElementType.FullName}<{string.Join(',', instance.GenericArguments.Select(argument => Text(argument, ofType)))}>",
        _ => type.FullName,
    };
}
