using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Goroutines.Race.Rewriter;

/// <summary>Rewrites one method: calls of the detector come before and after each access to memory that other strands may see.</summary>
/// <remarks>The instructions themselves stay: what is added looks at what lies on the stack, and leaves it as it was.</remarks>
internal sealed partial class MethodRewriter(MethodDefinition method, RaceMethods race, SiteList sites, CapturedLocals captured, FieldReference? kept)
{
    private readonly ILProcessor _il = method.Body.GetILProcessor();
    private readonly string _name = RaceNames.Of(method.DeclaringType.FullName, method.Name);
    private readonly bool _usesPointers = UsesPointers(method);
    private readonly TypeSystem _types = method.Module.TypeSystem;
    private SequencePoint? _place;

    internal void Run()
    {
        // Not inlined, and not left by tail calls: otherwise the stacks in reports depended on how far the JIT has come.
        method.ImplAttributes = (method.ImplAttributes | MethodImplAttributes.NoInlining) & ~MethodImplAttributes.AggressiveInlining;
        method.Body.SimplifyMacros();
        IDictionary<Instruction, SequencePoint> places = method.DebugInformation.GetSequencePointMapping();
        foreach (Instruction instruction in method.Body.Instructions.ToArray())
        {
            if (places.TryGetValue(instruction, out SequencePoint? place) && !place.IsHidden)
            {
                _place = place;
            }

            Rewrite(instruction);
        }

        if (kept is not null && method.Name == "MoveNext")
        {
            Instruction first = method.Body.Instructions[0];
            _il.InsertBefore(first, _il.Create(OpCodes.Ldarg, method.Body.ThisParameter));
            _il.InsertBefore(first, _il.Create(OpCodes.Ldflda, kept));
            _il.InsertBefore(first, _il.Create(OpCodes.Call, race.Get("Resume")));
        }

        method.Body.OptimizeMacros();
    }

    private void Rewrite(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Ldfld or Code.Stfld or Code.Ldsfld or Code.Stsfld:
                RewriteField(instruction, (FieldReference)instruction.Operand);
                break;
            case Code.Ldelem_Any or Code.Ldelem_I1 or Code.Ldelem_U1 or Code.Ldelem_I2 or Code.Ldelem_U2 or Code.Ldelem_I4 or Code.Ldelem_U4 or Code.Ldelem_I8
                or Code.Ldelem_I or Code.Ldelem_R4 or Code.Ldelem_R8 or Code.Ldelem_Ref:
                RewriteElementLoad(instruction, ElementTypeOf(instruction));
                break;
            case Code.Stelem_Any or Code.Stelem_I1 or Code.Stelem_I2 or Code.Stelem_I4 or Code.Stelem_I8 or Code.Stelem_I or Code.Stelem_R4 or Code.Stelem_R8 or Code.Stelem_Ref:
                RewriteElementStore(instruction, ElementTypeOf(instruction));
                break;
            case Code.Ldobj or Code.Ldind_I1 or Code.Ldind_U1 or Code.Ldind_I2 or Code.Ldind_U2 or Code.Ldind_I4 or Code.Ldind_U4 or Code.Ldind_I8 or Code.Ldind_I
                or Code.Ldind_R4 or Code.Ldind_R8 or Code.Ldind_Ref:
                RewriteIndirectLoad(instruction, ElementTypeOf(instruction));
                break;
            case Code.Stobj or Code.Stind_I1 or Code.Stind_I2 or Code.Stind_I4 or Code.Stind_I8 or Code.Stind_I or Code.Stind_R4 or Code.Stind_R8 or Code.Stind_Ref:
                RewriteIndirectStore(instruction, ElementTypeOf(instruction));
                break;
            case Code.Initobj when !_usesPointers && instruction.Previous is not { OpCode.Code: Code.Ldloca or Code.Ldarga }:
                if (CanPass((TypeReference)instruction.Operand))
                {
                    Before(instruction, [_il.Create(OpCodes.Dup), .. Recorded("Write", (TypeReference)instruction.Operand, "*" + NameOf((TypeReference)instruction.Operand))]);
                }

                break;
            case Code.Ldflda or Code.Ldsflda or Code.Ldelema:
                RewriteAddress(instruction);
                break;
            case Code.Ret when method is { IsConstructor: true, IsStatic: true } && method.DeclaringType.Name != "<Module>":
                Before(instruction, [_il.Create(OpCodes.Call, race.Get("EndInitializer"))]);
                break;
            case Code.Call or Code.Callvirt or Code.Newobj:
                RewriteCall(instruction, (MethodReference)instruction.Operand);
                break;
            case Code.Ldftn or Code.Ldvirtftn:
                RewriteDelegate(instruction, (MethodReference)instruction.Operand);
                break;
        }
    }

    /// <summary>Orders what the static constructor of the field's type has done before the access. The load that comes first makes the thread wait for a
    /// constructor that still runs elsewhere: before the access itself it would be told of those that had ended before.</summary>
    private void FollowInitializer(Instruction instruction, FieldDefinition field)
    {
        TypeDefinition type = field.DeclaringType;
        if (field.IsStatic && !field.HasConstant && !type.Name.StartsWith('<') && !field.Name.StartsWith('<')
            && !(method.IsConstructor && method.IsStatic && type == method.DeclaringType) && type.Methods.Any(static member => member.IsConstructor && member.IsStatic))
        {
            Before(instruction, [_il.Create(OpCodes.Ldsfld, (FieldReference)instruction.Operand), _il.Create(OpCodes.Pop), _il.Create(OpCodes.Call, race.Get("Initialized"))]);
        }
    }

    /// <summary>The address of a place that a call of the framework reads at once, such as <c>x.ToString()</c>.</summary>
    private void RewriteAddress(Instruction instruction)
    {
        if (instruction.Operand is FieldReference field)
        {
            if (field.Resolve() is not { } definition)
            {
                return;
            }

            FollowInitializer(instruction, definition);
            if (!IsShared(definition, load: true) || IsVolatile(field.FieldType))
            {
                return;
            }

            if (Receives(instruction, FieldTypeOf(field)))
            {
                After(instruction, [_il.Create(OpCodes.Dup), .. Recorded("Read", FieldTypeOf(field), $"{NameOf(field.DeclaringType)}.{SourceName(definition)} ({NameOf(FieldTypeOf(field))})")]);
            }
        }
        else if (instruction.Operand is TypeReference element && Receives(instruction, element))
        {
            After(instruction, [_il.Create(OpCodes.Dup), .. Recorded("Read", element, $"{NameOf(element)}[]")]);
        }
    }

    private void RewriteField(Instruction instruction, FieldReference field)
    {
        bool load = instruction.OpCode.Code is Code.Ldfld or Code.Ldsfld;
        if (field.Resolve() is not { } definition)
        {
            return;
        }

        FollowInitializer(instruction, definition);
        if (!IsShared(definition, load))
        {
            return;
        }

        TypeReference type = FieldTypeOf(field);
        if (!CanPass(type))
        {
            return;
        }

        bool isVolatile = IsVolatile(field.FieldType) || instruction.Previous is { OpCode.Code: Code.Volatile };
        string variable = $"{NameOf(field.DeclaringType)}.{SourceName(definition)} ({NameOf(type)})";
        string operation = load ? "Read" : "Write";
        if (definition.IsStatic)
        {
            Instruction address = _il.Create(OpCodes.Ldsflda, field);
            if (isVolatile)
            {
                RewriteVolatile(instruction, [address], load, type, variable);
            }
            else
            {
                Before(instruction, [address, .. Recorded(operation, type, variable)]);
            }

            return;
        }

        if (load)
        {
            if (definition.DeclaringType.IsValueType && !GivesAddress(instruction))
            {
                return;
            }

            if (isVolatile)
            {
                VariableDefinition address = Temporary(new ByReferenceType(type));
                Before(instruction, [_il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldflda, field), _il.Create(OpCodes.Stloc, address)]);
                RewriteVolatile(instruction, [_il.Create(OpCodes.Ldloc, address)], load, type, variable);
                return;
            }

            Before(instruction, [_il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldflda, field), .. Recorded(operation, type, variable)]);
            return;
        }

        // The value lies above the object: put it aside to get at the address.
        VariableDefinition value = Temporary(type);
        if (isVolatile)
        {
            VariableDefinition address = Temporary(new ByReferenceType(type));
            Before(instruction, [_il.Create(OpCodes.Stloc, value), _il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldflda, field), _il.Create(OpCodes.Stloc, address), _il.Create(OpCodes.Ldloc, value)]);
            RewriteVolatile(instruction, [_il.Create(OpCodes.Ldloc, address)], load, type, variable);
            return;
        }

        Before(instruction, [_il.Create(OpCodes.Stloc, value), _il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldflda, field), .. Recorded(operation, type, variable), _il.Create(OpCodes.Ldloc, value)]);
    }

    private void RewriteVolatile(Instruction instruction, Instruction[] address, bool load, TypeReference type, string variable)
    {
        if (!load)
        {
            Before(instruction, [.. Copies(address), _il.Create(OpCodes.Call, race.Get("BeforeAtomicWrite"))]);
        }

        After(instruction, [.. Copies(address), _il.Create(OpCodes.Ldc_I4, SizeOf(type) ?? 8), _il.Create(OpCodes.Ldc_I4, Site(variable)), _il.Create(OpCodes.Call, race.Get(load ? "AfterAtomicRead" : "AfterAtomicWrite"))]);
    }

    private void RewriteElementLoad(Instruction instruction, TypeReference type)
    {
        if (!CanPass(type))
        {
            return;
        }

        VariableDefinition index = Temporary(_types.IntPtr);
        Before(instruction,
        [
            _il.Create(OpCodes.Conv_I), _il.Create(OpCodes.Stloc, index), _il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldloc, index), _il.Create(OpCodes.Readonly), _il.Create(OpCodes.Ldelema, type),
            .. Recorded("Read", type, $"{NameOf(type)}[]"), _il.Create(OpCodes.Ldloc, index),
        ]);
    }

    private void RewriteElementStore(Instruction instruction, TypeReference type)
    {
        if (!CanPass(type))
        {
            return;
        }

        VariableDefinition value = Temporary(type);
        VariableDefinition index = Temporary(_types.IntPtr);
        Before(instruction,
        [
            _il.Create(OpCodes.Stloc, value), _il.Create(OpCodes.Conv_I), _il.Create(OpCodes.Stloc, index), _il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldloc, index), _il.Create(OpCodes.Readonly),
            _il.Create(OpCodes.Ldelema, type), .. Recorded("Write", type, $"{NameOf(type)}[]"), _il.Create(OpCodes.Ldloc, index), _il.Create(OpCodes.Ldloc, value),
        ]);
    }

    private void RewriteIndirectLoad(Instruction instruction, TypeReference type)
    {
        if (!_usesPointers && CanPass(type) && instruction.Previous is not { OpCode.Code: Code.Ldloca or Code.Ldarga })
        {
            Before(instruction, [_il.Create(OpCodes.Dup), .. Recorded("Read", type, "*" + NameOf(type))]);
        }
    }

    private void RewriteIndirectStore(Instruction instruction, TypeReference type)
    {
        if (_usesPointers || !CanPass(type))
        {
            return;
        }

        VariableDefinition value = Temporary(type);
        Before(instruction, [_il.Create(OpCodes.Stloc, value), _il.Create(OpCodes.Dup), .. Recorded("Write", type, "*" + NameOf(type)), _il.Create(OpCodes.Ldloc, value)]);
    }

    /// <summary>The call that records an access to the place whose address lies on the stack.</summary>
    private Instruction[] Recorded(string operation, TypeReference type, string variable)
    {
        MethodReference target = SizeOf(type) is { } size ? race.Get($"{operation}{size}") : race.Get(operation, type);
        return [_il.Create(OpCodes.Ldc_I4, Site(variable)), _il.Create(OpCodes.Call, target)];
    }

    private int Site(string variable) => sites.Add(variable, _name, _place);

    private VariableDefinition Temporary(TypeReference type)
    {
        VariableDefinition variable = new(type);
        method.Body.Variables.Add(variable);
        method.Body.InitLocals = true;
        return variable;
    }

    /// <summary>Inserts before an instruction and its prefixes. What branched there branches to the first that is inserted.</summary>
    private void Before(Instruction instruction, Instruction[] added)
    {
        Instruction start = instruction;
        while (start.Previous is { OpCode.OpCodeType: OpCodeType.Prefix })
        {
            start = start.Previous;
        }

        foreach (Instruction next in added)
        {
            _il.InsertBefore(start, next);
        }

        Retarget(start, added[0]);
    }

    private void After(Instruction instruction, Instruction[] added)
    {
        foreach (Instruction next in added)
        {
            _il.InsertAfter(instruction, next);
            instruction = next;
        }
    }

    private static Instruction[] Copies(Instruction[] instructions)
        => [.. instructions.Select(static instruction =>
        {
            Instruction copy = Instruction.Create(OpCodes.Nop);
            copy.OpCode = instruction.OpCode;
            copy.Operand = instruction.Operand;
            return copy;
        })];

    private void Retarget(Instruction from, Instruction to)
    {
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (ReferenceEquals(instruction.Operand, from))
            {
                instruction.Operand = to;
            }
            else if (instruction.Operand is Instruction[] targets)
            {
                for (int i = 0; i < targets.Length; i++)
                {
                    targets[i] = ReferenceEquals(targets[i], from) ? to : targets[i];
                }
            }
        }

        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers)
        {
            handler.TryStart = ReferenceEquals(handler.TryStart, from) ? to : handler.TryStart;
            handler.TryEnd = ReferenceEquals(handler.TryEnd, from) ? to : handler.TryEnd;
            handler.HandlerStart = ReferenceEquals(handler.HandlerStart, from) ? to : handler.HandlerStart;
            handler.HandlerEnd = ReferenceEquals(handler.HandlerEnd, from) ? to : handler.HandlerEnd;
            handler.FilterStart = ReferenceEquals(handler.FilterStart, from) ? to : handler.FilterStart;
        }
    }
}
