using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Goroutines.Race.Rewriter;

/// <summary>Calls of methods that are not rewritten, and that access memory, or order what strands do.</summary>
internal sealed partial class MethodRewriter
{
    private void RewriteCall(Instruction instruction, MethodReference called)
    {
        TypeReference type = Framework.ElementOf(called.DeclaringType);
        switch (type.FullName)
        {
            case "System.Threading.Interlocked":
            case "System.Threading.Volatile":
                RewriteAtomic(instruction, called);
                return;
            case "System.Runtime.CompilerServices.AsyncTaskMethodBuilder":
            case "System.Runtime.CompilerServices.AsyncTaskMethodBuilder`1":
            case "System.Runtime.CompilerServices.AsyncValueTaskMethodBuilder":
            case "System.Runtime.CompilerServices.AsyncValueTaskMethodBuilder`1":
            case "System.Runtime.CompilerServices.AsyncVoidMethodBuilder":
            case "System.Runtime.CompilerServices.AsyncIteratorMethodBuilder":
                RewriteBuilder(instruction, called);
                return;
        }

        if (called.Name == "GetResult" && type.Namespace == "System.Runtime.CompilerServices" && type.IsValueType && type.Name.Contains("Awaiter", StringComparison.Ordinal)
            && !type.FullName.Contains("Yield", StringComparison.Ordinal))
        {
            RewriteGetResult(instruction, called);
            return;
        }

        bool constrained = instruction.Previous is { OpCode.Code: Code.Constrained };
        if (!constrained && race.ShimFor(called) is { } shim)
        {
            instruction.OpCode = OpCodes.Call;
            instruction.Operand = shim;
            return;
        }

        if (called.HasThis && instruction.OpCode.Code != Code.Newobj && Framework.IsCollection(type))
        {
            RewriteCollection(instruction, called);
            return;
        }

        if (Framework.IsUnknown(called, method.Module))
        {
            Before(instruction, [_il.Create(OpCodes.Call, race.Get("BeforeUnknown"))]);
            After(instruction, [_il.Create(OpCodes.Call, race.Get("AfterUnknown"))]);
        }
    }

    /// <summary>Before: releases, if it writes. After: acquires, if it reads; and the access itself, which races with plain ones.</summary>
    private void RewriteAtomic(Instruction instruction, MethodReference called)
    {
        if (called.Parameters.Count == 0 || ParameterTypeOf(called.Parameters[0], called) is not ByReferenceType { ElementType: var type } || !CanPass(type))
        {
            return; // fences alone are not modelled
        }

        bool isVolatile = called.DeclaringType.Name == "Volatile";
        bool reads = !isVolatile || called.Name == "Read";
        bool writes = !(called.Name == "Read");
        VariableDefinition[] arguments = Spill(instruction, called, out Instruction[] before);
        if (writes)
        {
            before = [.. before, _il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Call, race.Get("BeforeAtomicWrite"))];
        }

        Before(instruction, [.. before, .. arguments.Select(argument => _il.Create(OpCodes.Ldloc, argument))]);
        string after = !reads ? "AfterAtomicWrite" : writes ? "AfterAtomicUpdate" : "AfterAtomicRead";
        After(instruction,
        [
            _il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Ldc_I4, SizeOf(type) ?? IntPtr.Size), _il.Create(OpCodes.Ldc_I4, Site(VariableBefore(instruction, type))),
            _il.Create(OpCodes.Call, race.Get(after)),
        ]);
    }

    /// <summary>Suspensions and ends of an async method.</summary>
    private void RewriteBuilder(Instruction instruction, MethodReference called)
    {
        if (kept is null)
        {
            return;
        }

        if (called.Name is "AwaitUnsafeOnCompleted" or "AwaitOnCompleted")
        {
            Before(instruction, [_il.Create(OpCodes.Ldarg, method.Body.ThisParameter), _il.Create(OpCodes.Ldflda, kept), _il.Create(OpCodes.Call, race.Get("Suspend"))]);
        }
        else if (called.Name is "SetResult" or "SetException" && race.ShimFor(EndOf(called)) is { } end
            && method.DeclaringType.Fields.SingleOrDefault(static field => field.Name == "<>t__builder") is { } builder)
        {
            Before(instruction,
            [
                _il.Create(OpCodes.Ldarg, method.Body.ThisParameter), _il.Create(OpCodes.Ldflda, StateMachine.On(method.DeclaringType, builder)),
                _il.Create(OpCodes.Ldarg, method.Body.ThisParameter), _il.Create(OpCodes.Ldfld, kept), _il.Create(OpCodes.Call, end),
            ]);
        }
    }

    /// <summary>The shim "End", which is no method of the builder: what comes before its SetResult.</summary>
    private MethodReference EndOf(MethodReference called)
    {
        MethodReference end = new("End", _types.Void, called.DeclaringType) { HasThis = true };
        end.Parameters.Add(new ParameterDefinition(_types.Object));
        return end;
    }

    private void RewriteGetResult(Instruction instruction, MethodReference called)
    {
        VariableDefinition awaiter = Temporary(new ByReferenceType(called.DeclaringType));
        MethodReference awaited = race.Get("Awaited", called.DeclaringType);
        Before(instruction, [_il.Create(OpCodes.Stloc, awaiter), _il.Create(OpCodes.Ldloc, awaiter), _il.Create(OpCodes.Call, awaited), _il.Create(OpCodes.Ldloc, awaiter)]);
        After(instruction, [_il.Create(OpCodes.Ldloc, awaiter), _il.Create(OpCodes.Call, awaited)]);
    }

    private void RewriteCollection(Instruction instruction, MethodReference called)
    {
        VariableDefinition[] arguments = Spill(instruction, called, out Instruction[] before);
        string variable = $"{NameOf(called.DeclaringType)} ({called.Name})";
        MethodReference record = race.Get(Framework.Changes(called) ? "WriteObject" : "ReadObject");
        bool element = Framework.ElementOf(called.DeclaringType).Name == "List`1" && called.Name is "get_Item" or "set_Item";
        Instruction[] recorded = element
            ? [
                _il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Ldloc, arguments[1]), _il.Create(OpCodes.Ldc_I4, Site(variable)),
                _il.Create(OpCodes.Call, race.Get(called.Name == "set_Item" ? "WriteItem" : "ReadItem", ((GenericInstanceType)called.DeclaringType).GenericArguments[0])),
            ]
            : [_il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Ldc_I4, Site(variable)), _il.Create(OpCodes.Call, record)];
        Before(instruction, [.. before, .. recorded, .. arguments.Select(argument => _il.Create(OpCodes.Ldloc, argument))]);
    }

    /// <summary>Puts the receiver and the arguments of a call aside.</summary>
    /// <returns>Where they are; the receiver is the first, if there is one.</returns>
    private VariableDefinition[] Spill(Instruction instruction, MethodReference called, out Instruction[] stores)
    {
        List<VariableDefinition> arguments = [];
        if (called.HasThis)
        {
            arguments.Add(Temporary(called.DeclaringType));
        }

        foreach (ParameterDefinition parameter in called.Parameters)
        {
            arguments.Add(Temporary(ParameterTypeOf(parameter, called)));
        }

        stores = [.. Enumerable.Reverse(arguments).Select(argument => _il.Create(OpCodes.Stloc, argument))];
        return [.. arguments];
    }

    /// <summary>The name of the field whose address was taken last.</summary>
    private static string VariableBefore(Instruction instruction, TypeReference type)
    {
        Instruction? at = instruction.Previous;
        for (int i = 0; at is not null && i < 24; i++, at = at.Previous)
        {
            if (at.OpCode.Code is Code.Ldflda or Code.Ldsflda && at.Operand is FieldReference field && field.Resolve() is { } definition)
            {
                return $"{NameOf(field.DeclaringType)}.{SourceName(definition)} ({NameOf(type)})";
            }
        }

        return "*" + NameOf(type);
    }
}
