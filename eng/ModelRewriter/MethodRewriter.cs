using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ModelRewriter;

/// <summary>Rewrites one method: each access to memory that other threads may see becomes a call.</summary>
internal sealed class MethodRewriter(MethodDefinition method, RuntimeMethods runtime, SiteList sites)
{
    private readonly ILProcessor _il = method.Body.GetILProcessor();
    private readonly string _name = NameOf(method);

    internal static string NameOf(MethodDefinition method) => $"{method.DeclaringType.Name.Split('`')[0]}.{method.Name}";

    internal void Run()
    {
        method.Body.SimplifyMacros();
        foreach (Instruction instruction in method.Body.Instructions.ToArray())
        {
            switch (instruction.OpCode.Code)
            {
                case Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld:
                    RewriteField(instruction, (FieldReference)instruction.Operand);
                    break;
                case Code.Ldobj:
                    Replace(instruction, "Load", (TypeReference)instruction.Operand);
                    break;
                case Code.Stobj:
                    Replace(instruction, "Store", (TypeReference)instruction.Operand);
                    break;
                case Code.Initobj:
                    Replace(instruction, "Clear", (TypeReference)instruction.Operand);
                    break;
                case Code.Call or Code.Callvirt:
                    RewriteCall(instruction, (MethodReference)instruction.Operand);
                    break;
            }
        }

        method.Body.OptimizeMacros();
    }

    private void RewriteField(Instruction instruction, FieldReference field)
    {
        FieldDefinition definition = field.Resolve();
        bool load = instruction.OpCode.Code is Code.Ldfld or Code.Ldsfld;
        bool isVolatile = instruction.Previous is { OpCode.Code: Code.Volatile };
        if (!IsShared(definition, load) || (instruction.OpCode.Code == Code.Ldfld && definition.DeclaringType.IsValueType && !GivesAddress(instruction.Previous)))
        {
            return;
        }

        if (isVolatile)
        {
            instruction.Previous.OpCode = OpCodes.Nop;
        }

        TypeReference type = FieldTypeOf(field);
        string operation = (load ? "Load" : "Store") + (isVolatile ? "Volatile" : "");
        int site = sites.Add(_name, operation, $"{definition.DeclaringType.Name.Split('`')[0]}.{definition.Name}");
        OpCode address = definition.IsStatic ? OpCodes.Ldsflda : OpCodes.Ldflda;
        if (load)
        {
            instruction.OpCode = address;
            Append(instruction, _il.Create(OpCodes.Ldc_I4, site), _il.Create(OpCodes.Call, runtime.Get(operation, type)));
            return;
        }

        // The value lies above the object: put it aside to get at the address.
        VariableDefinition value = new(type);
        method.Body.Variables.Add(value);
        instruction.OpCode = OpCodes.Stloc;
        instruction.Operand = value;
        Append(instruction, _il.Create(address, field), _il.Create(OpCodes.Ldloc, value), _il.Create(OpCodes.Ldc_I4, site), _il.Create(OpCodes.Call, runtime.Get(operation, type)));
    }

    private void RewriteCall(Instruction instruction, MethodReference called)
    {
        switch (called.DeclaringType.FullName)
        {
            case "System.Threading.Volatile":
            case "System.Threading.Interlocked":
                RewriteAtomic(instruction, called);
                break;
            case "System.Threading.Thread" when called.Name == "SpinWait":
                instruction.Operand = runtime.Get("SpinWait");
                break;
            case "System.Threading.SpinWait" when called.Name == "SpinOnce" && called.Parameters.Count == 1:
                instruction.Operand = runtime.Get("SpinOnce");
                break;
            case "System.Threading.CancellationTokenRegistration" when called.Name == "Dispose":
                instruction.Operand = runtime.Get("DisposeRegistration");
                break;
            case "System.Threading.CancellationToken" when called.Name == "UnsafeRegister" && called.Parameters[0].ParameterType is GenericInstanceType { GenericArguments.Count: 1 }:
                instruction.Operand = runtime.Get("Register");
                break;
            case "System.Threading.CancellationToken" when called.Name == "get_IsCancellationRequested":
                instruction.Operand = runtime.Get("IsCancellationRequested");
                break;
            case "System.Environment" when called.Name == "get_ProcessorCount":
                instruction.Operand = runtime.Get("ProcessorCount");
                break;
            case "System.Environment" when called.Name == "get_CurrentManagedThreadId":
                instruction.Operand = runtime.Get("CurrentThreadId");
                break;
            case "System.Random" when called.Name == "get_Shared":
                instruction.Operand = runtime.Get("SharedRandom");
                break;
        }
    }

    private void RewriteAtomic(Instruction instruction, MethodReference called)
    {
        string name = called.Name switch
        {
            "Read" => "LoadVolatile",
            "Write" => "StoreVolatile",
            "MemoryBarrier" => "Fence",
            "MemoryBarrierProcessWide" => "FenceAll",
            string other => other,
        };
        int site = sites.Add(_name, name, called.Parameters.Count == 0 ? "" : FieldBefore(instruction));
        MethodReference target = name is "Fence" or "FenceAll" ? runtime.Get(name) : runtime.Get(name, ValueTypeOf(called));
        instruction.OpCode = OpCodes.Ldc_I4;
        instruction.Operand = site;
        Append(instruction, _il.Create(OpCodes.Call, target));
    }

    private void Replace(Instruction instruction, string name, TypeReference type)
    {
        if (type.Resolve() is { } definition && definition.CustomAttributes.Any(static a => a.AttributeType.Name == "IsByRefLikeAttribute"))
        {
            return;
        }

        instruction.OpCode = OpCodes.Ldc_I4;
        instruction.Operand = sites.Add(_name, name, "*" + type.Name);
        Append(instruction, _il.Create(OpCodes.Call, runtime.Get(name, type)));
    }

    private void Append(Instruction at, params ReadOnlySpan<Instruction> added)
    {
        foreach (Instruction instruction in added)
        {
            _il.InsertAfter(at, instruction);
            at = instruction;
        }
    }

    private bool IsShared(FieldDefinition field, bool load)
    {
        if (field.DeclaringType.Module != method.Module || field.DeclaringType.Name.Contains('<') || field.IsInitOnly || field.HasConstant)
        {
            return false;
        }

        if (field.FieldType.IsPointer || field.FieldType.IsByReference || field.DeclaringType.CustomAttributes.Any(static a => a.AttributeType.Name == "IsByRefLikeAttribute"))
        {
            return false;
        }

        // What a constructor stores, nobody else can see yet.
        return !(method.IsConstructor && !load && field.DeclaringType == method.DeclaringType)
            && !field.CustomAttributes.Any(static a => a.AttributeType.Name == "ThreadStaticAttribute");
    }

    /// <summary>A field of a struct is loaded from an address or from a value on the stack: only the former is memory.</summary>
    private bool GivesAddress(Instruction? before) => before?.OpCode.Code switch
    {
        Code.Volatile or Code.Dup or Code.Nop => GivesAddress(before.Previous),
        Code.Ldflda or Code.Ldsflda or Code.Ldelema or Code.Ldloca or Code.Ldarga => true,
        Code.Ldarg => ((ParameterDefinition)before.Operand).ParameterType.IsByReference
            || (method.HasThis && ReferenceEquals(before.Operand, method.Body.ThisParameter)),
        Code.Ldloc => ((VariableDefinition)before.Operand).VariableType.IsByReference || ((VariableDefinition)before.Operand).VariableType.IsPointer,
        Code.Call or Code.Callvirt => ((MethodReference)before.Operand).ReturnType.IsByReference,
        Code.Ldfld or Code.Ldsfld or Code.Ldobj or Code.Ldelem_Any or Code.Unbox_Any or Code.Newobj => false,
        _ => throw new NotSupportedException($"{_name}: can't tell what the field of a struct is loaded from, after {before}."),
    };

    /// <summary>For the name only: the field whose address was taken last.</summary>
    private static string FieldBefore(Instruction instruction)
    {
        Instruction? at = instruction.Previous;
        for (int i = 0; at is not null && i < 12; i++, at = at.Previous)
        {
            if (at.OpCode.Code is Code.Ldflda or Code.Ldsflda)
            {
                return ((FieldReference)at.Operand).Name;
            }
        }

        return "";
    }

    private static TypeReference ValueTypeOf(MethodReference called)
    {
        if (called is GenericInstanceMethod generic)
        {
            return generic.GenericArguments[0];
        }

        TypeReference parameter = called.Parameters[0].ParameterType;
        while (parameter is IModifierType modified)
        {
            parameter = modified.ElementType;
        }

        return ((ByReferenceType)parameter).ElementType;
    }

    /// <summary>The field's type as seen from here: a generic owner's parameters are replaced by its arguments.</summary>
    private static TypeReference FieldTypeOf(FieldReference field) => Substitute(Unmodified(field.FieldType), field.DeclaringType as GenericInstanceType);

    private static TypeReference Unmodified(TypeReference type)
    {
        while (type is IModifierType modified)
        {
            type = modified.ElementType;
        }

        return type;
    }

    private static TypeReference Substitute(TypeReference type, GenericInstanceType? owner)
    {
        switch (type)
        {
            case GenericParameter { Type: GenericParameterType.Type } parameter when owner is not null:
                return owner.GenericArguments[parameter.Position];
            case ArrayType array:
                return new ArrayType(Substitute(array.ElementType, owner), array.Rank);
            case GenericInstanceType instance:
                GenericInstanceType copy = new(instance.ElementType);
                foreach (TypeReference argument in instance.GenericArguments)
                {
                    copy.GenericArguments.Add(Substitute(argument, owner));
                }

                return copy;
            default:
                return type;
        }
    }
}
