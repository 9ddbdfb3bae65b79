using Mono.Cecil;

namespace Goroutines.Race.Rewriter;

/// <summary>The state machines of async methods: each keeps what it had done when it was suspended, for the strand that continues it.</summary>
internal static class StateMachine
{
    private const string Interface = "System.Runtime.CompilerServices.IAsyncStateMachine";

    internal static bool IsAsync(TypeDefinition type) => type.Name.StartsWith('<') && type.Interfaces.Any(static implemented => implemented.InterfaceType.FullName == Interface);

    /// <summary>Whether the compiler made the type for an async method or an iterator: its fields are locals.</summary>
    internal static bool Is(TypeDefinition type)
        => type.Name.StartsWith('<') && !type.Name.Contains("DisplayClass", StringComparison.Ordinal) && type.Methods.Any(static method => method.Name == "MoveNext");

    /// <summary>Adds the field to an async state machine.</summary>
    /// <returns>The field as the type's own methods refer to it; null if the type is none.</returns>
    internal static FieldReference? TryAddField(TypeDefinition type)
    {
        if (!IsAsync(type))
        {
            return null;
        }

        FieldDefinition field = new("<race>", FieldAttributes.Public, type.Module.TypeSystem.Object);
        type.Fields.Add(field);
        return On(type, field);
    }

    internal static FieldReference On(TypeDefinition type, FieldDefinition field)
    {
        if (!type.HasGenericParameters)
        {
            return field;
        }

        GenericInstanceType self = new(type);
        foreach (GenericParameter parameter in type.GenericParameters)
        {
            self.GenericArguments.Add(parameter);
        }

        return new FieldReference(field.Name, field.FieldType, self);
    }
}
