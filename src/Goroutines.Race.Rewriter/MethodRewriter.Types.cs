using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Goroutines.Race.Rewriter;

/// <summary>What can be said of the types and places that a method uses.</summary>
internal sealed partial class MethodRewriter
{
    /// <summary>GenericParameterAttributes.AllowByRefLike, which Mono.Cecil does not know.</summary>
    private const int AllowByRefLike = 0x20;

    private bool IsShared(FieldDefinition field, bool load)
    {
        TypeDefinition type = field.DeclaringType;
        // A readonly field of a class never changes after its constructor. One of a struct changes with the variable that the struct is in.
        if ((field.IsInitOnly && (field.IsStatic || !type.IsValueType)) || field.HasConstant || field.FieldType.IsPointer || field.FieldType.IsFunctionPointer || field.FieldType.IsByReference || IsByRefLike(type))
        {
            return false;
        }

        // What the compiler keeps for itself: cached delegates, the enclosing object and closure of a lambda, the locals of async methods and iterators.
        if (type.Name == "<>O" || field.Name.StartsWith("<>", StringComparison.Ordinal) || field.Name.StartsWith("CS$<>", StringComparison.Ordinal) || StateMachine.Is(type) || captured.Contains(field))
        {
            return false;
        }

        // What a constructor stores, nobody else can see yet (.NET's memory model: constructing an object and sharing it is safe).
        return !(method.IsConstructor && !load && type == method.DeclaringType && field.IsStatic == method.IsStatic)
            && !field.CustomAttributes.Any(static attribute => attribute.AttributeType.Name == "ThreadStaticAttribute")
            && !AssemblyRewriter.IsIgnored(field);
    }

    /// <summary>Whether the field of a struct is loaded from an address. From a value on the stack, it is no memory.</summary>
    private bool GivesAddress(Instruction load)
    {
        Instruction? before = load.Previous;
        while (before is { OpCode.OpCodeType: OpCodeType.Prefix } or { OpCode.Code: Code.Nop })
        {
            before = before.Previous;
        }

        return before?.OpCode.Code switch
        {
            Code.Ldflda or Code.Ldsflda or Code.Ldelema => true,
            Code.Ldarg => ((ParameterDefinition)before.Operand).ParameterType.IsByReference || (method.HasThis && ReferenceEquals(before.Operand, method.Body.ThisParameter)),
            Code.Ldloc => ((VariableDefinition)before.Operand).VariableType.IsByReference,
            Code.Call or Code.Callvirt => ((MethodReference)before.Operand).ReturnType.IsByReference,
            _ => false,
        };
    }

    /// <summary>Whether the address that an instruction gives is the receiver of a call that only reads the value.</summary>
    private static bool Receives(Instruction address, TypeReference type)
    {
        Instruction next = address.Next;
        if (next is { OpCode.Code: Code.Constrained })
        {
            next = next.Next;
        }

        return next is { OpCode.Code: Code.Call or Code.Callvirt, Operand: MethodReference { HasThis: true, Parameters.Count: 0 } called }
            && CanPass(type) && type.IsValueType && (type.IsPrimitive || IsReadOnly(called, type));
    }

    /// <summary>Whether a method of the framework cannot change its receiver.</summary>
    private static bool IsReadOnly(MethodReference called, TypeReference type)
        => type.Resolve() is { } definition && definition.Module.Assembly.Name.Name.StartsWith("System", StringComparison.Ordinal)
            && (definition.CustomAttributes.Any(static attribute => attribute.AttributeType.Name == "IsReadOnlyAttribute") || definition.FullName == "System.Nullable`1"
                || called.Name is "ToString" or "GetHashCode");

    /// <summary>Addresses in a method that uses no pointers are those of managed memory or of the stack.</summary>
    private static bool UsesPointers(MethodDefinition method)
        => method.Body.Variables.Any(static variable => IsPointer(variable.VariableType))
            || method.Parameters.Any(static parameter => IsPointer(parameter.ParameterType))
            || method.Body.Instructions.Any(static instruction => instruction.OpCode.Code == Code.Localloc || instruction is { Operand: MethodReference called } && IsPointer(called.ReturnType));

    private static bool IsPointer(TypeReference type) => type is PointerType or PinnedType || (type is IModifierType modified && IsPointer(modified.ElementType));

    private static bool IsByRefLike(TypeReference type)
        => type.IsValueType && type.Resolve() is { } definition && definition.CustomAttributes.Any(static attribute => attribute.AttributeType.Name == "IsByRefLikeAttribute");

    /// <summary>Whether values of the type may be a type argument.</summary>
    private static bool CanPass(TypeReference type)
        => type is GenericParameter parameter ? ((int)parameter.Attributes & AllowByRefLike) == 0 : !type.IsPointer && !type.IsFunctionPointer && !type.IsByReference && !IsByRefLike(type);

    private static bool IsVolatile(TypeReference type) => type is RequiredModifierType { ModifierType.Name: "IsVolatile" };

    /// <summary>The size of a value; null if that is not known before run time.</summary>
    private static int? SizeOf(TypeReference type)
    {
        switch (type.MetadataType)
        {
            case MetadataType.Boolean or MetadataType.SByte or MetadataType.Byte:
                return 1;
            case MetadataType.Char or MetadataType.Int16 or MetadataType.UInt16:
                return 2;
            case MetadataType.Int32 or MetadataType.UInt32 or MetadataType.Single:
                return 4;
            case MetadataType.Int64 or MetadataType.UInt64 or MetadataType.Double:
                return 8;
            case MetadataType.Object or MetadataType.String or MetadataType.Class or MetadataType.Array:
                return IntPtr.Size;
            case MetadataType.GenericInstance when !type.IsValueType:
                return IntPtr.Size;
            case MetadataType.ValueType when type.Resolve() is { IsEnum: true } definition:
                return SizeOf(definition.Fields.Single(static field => !field.IsStatic).FieldType);
            default:
                return null;
        }
    }

    private TypeReference ElementTypeOf(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Ldelem_I1 or Code.Stelem_I1 or Code.Ldind_I1 or Code.Stind_I1 => _types.SByte,
        Code.Ldelem_U1 or Code.Ldind_U1 => _types.Byte,
        Code.Ldelem_I2 or Code.Stelem_I2 or Code.Ldind_I2 or Code.Stind_I2 => _types.Int16,
        Code.Ldelem_U2 or Code.Ldind_U2 => _types.UInt16,
        Code.Ldelem_I4 or Code.Stelem_I4 or Code.Ldind_I4 or Code.Stind_I4 => _types.Int32,
        Code.Ldelem_U4 or Code.Ldind_U4 => _types.UInt32,
        Code.Ldelem_I8 or Code.Stelem_I8 or Code.Ldind_I8 or Code.Stind_I8 => _types.Int64,
        Code.Ldelem_I or Code.Stelem_I or Code.Ldind_I or Code.Stind_I => _types.IntPtr,
        Code.Ldelem_R4 or Code.Stelem_R4 or Code.Ldind_R4 or Code.Stind_R4 => _types.Single,
        Code.Ldelem_R8 or Code.Stelem_R8 or Code.Ldind_R8 or Code.Stind_R8 => _types.Double,
        Code.Ldelem_Ref or Code.Stelem_Ref or Code.Ldind_Ref or Code.Stind_Ref => _types.Object,
        _ => (TypeReference)instruction.Operand,
    };

    /// <summary>The field's type as seen from here: a generic owner's parameters are replaced by its arguments.</summary>
    private static TypeReference FieldTypeOf(FieldReference field) => Substitute(field.FieldType, field.DeclaringType as GenericInstanceType, null);

    private static TypeReference ParameterTypeOf(ParameterDefinition parameter, MethodReference called)
        => Substitute(parameter.ParameterType, called.DeclaringType as GenericInstanceType, called as GenericInstanceMethod);

    private static TypeReference Substitute(TypeReference type, GenericInstanceType? owner, GenericInstanceMethod? called)
    {
        switch (type)
        {
            case IModifierType modified:
                return Substitute(modified.ElementType, owner, called);
            case GenericParameter { Type: GenericParameterType.Type } parameter when owner is not null:
                return owner.GenericArguments[parameter.Position];
            case GenericParameter { Type: GenericParameterType.Method } parameter when called is not null:
                return called.GenericArguments[parameter.Position];
            case ByReferenceType reference:
                return new ByReferenceType(Substitute(reference.ElementType, owner, called));
            case ArrayType array:
                return array.IsVector ? new ArrayType(Substitute(array.ElementType, owner, called)) : new ArrayType(Substitute(array.ElementType, owner, called), array.Rank);
            case GenericInstanceType instance:
                GenericInstanceType copy = new(instance.ElementType);
                foreach (TypeReference argument in instance.GenericArguments)
                {
                    copy.GenericArguments.Add(Substitute(argument, owner, called));
                }

                return copy;
            default:
                return type;
        }
    }

    /// <summary>The name of a field in the source: of a captured local, or of the property behind it.</summary>
    private static string SourceName(FieldDefinition field)
        => field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? field.Name[1..end] : field.Name;

    /// <summary>A type's name in C#.</summary>
    private static string NameOf(TypeReference type) => type switch
    {
        ArrayType array => NameOf(array.ElementType) + "[]",
        GenericInstanceType instance => $"{NameOf(instance.ElementType)}<{string.Join(", ", instance.GenericArguments.Select(NameOf))}>",
        _ when type.MetadataType is MetadataType.Int32 => "int",
        _ when type.MetadataType is MetadataType.UInt32 => "uint",
        _ when type.MetadataType is MetadataType.Int64 => "long",
        _ when type.MetadataType is MetadataType.UInt64 => "ulong",
        _ when type.MetadataType is MetadataType.Int16 => "short",
        _ when type.MetadataType is MetadataType.UInt16 => "ushort",
        _ when type.MetadataType is MetadataType.SByte => "sbyte",
        _ when type.MetadataType is MetadataType.Single => "float",
        _ when type.MetadataType is MetadataType.Boolean or MetadataType.Byte or MetadataType.Char or MetadataType.Double or MetadataType.String or MetadataType.Object => Lower(type.MetadataType),
        _ when type.Name.Contains("DisplayClass", StringComparison.Ordinal) && type.DeclaringType is { } outer => NameOf(outer),
        _ => type.Name.Split('`')[0],
    };

    private static string Lower(MetadataType type) => type == MetadataType.Boolean ? "bool" : type.ToString().ToLowerInvariant();
}
