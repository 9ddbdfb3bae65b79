using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ModelRewriter;

/// <summary>Gives the limits that carry <c>[ModelValue(n)]</c> that value, so that they are reached within a few steps.</summary>
internal static class ModelValues
{
    private const string Attribute = "Goroutines.Runtime.ModelValueAttribute";

    /// <summary>Before the methods are rewritten: changes the getters of all properties that carry the attribute.</summary>
    /// <returns>How many there are.</returns>
    /// <exception cref="InvalidOperationException">An attribute can't be applied, or there is none.</exception>
    internal static int Apply(ModuleDefinition library)
    {
        HashSet<MethodDefinition> used = Called(library);
        int count = 0;
        foreach (PropertyDefinition property in library.GetTypes().SelectMany(static type => type.Properties))
        {
            if (property.CustomAttributes.SingleOrDefault(static attribute => attribute.AttributeType.FullName == Attribute) is not { } attribute)
            {
                continue;
            }

            if (property.SetMethod is not null || property.GetMethod is not { IsStatic: true } getter || !IsConstant(getter))
            {
                throw Refused(property, "is not a static property whose getter is an integer constant");
            }

            if (!used.Contains(getter))
            {
                throw Refused(property, "is not used");
            }

            ILProcessor il = getter.Body.GetILProcessor();
            il.Clear();
            il.Append(il.Create(OpCodes.Ldc_I4, (int)attribute.ConstructorArguments[0].Value));
            il.Append(il.Create(OpCodes.Ret));
            count++;
        }

        return count != 0 ? count : throw new InvalidOperationException($"No property carries {Attribute}.");
    }

    private static InvalidOperationException Refused(PropertyDefinition property, string why) => new($"[ModelValue] can't be applied: {property.FullName} {why}.");

    private static bool IsConstant(MethodDefinition getter)
        => getter.ReturnType.MetadataType is MetadataType.Int32 or MetadataType.UInt32
            && getter.Body.Instructions.Where(static instruction => instruction.OpCode != OpCodes.Nop).Select(static instruction => instruction.OpCode).ToArray()
                is [{ Code: >= Code.Ldc_I4_M1 and <= Code.Ldc_I4 }, { Code: Code.Ret }];

    private static HashSet<MethodDefinition> Called(ModuleDefinition library)
        => [.. from type in library.GetTypes()
               from method in type.Methods
               where method.HasBody
               from instruction in method.Body.Instructions
               where instruction.OpCode.Code == Code.Call
               let called = ((MethodReference)instruction.Operand).Resolve()
               where called is not null && called.Module == library
               select called];
}
