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

        if (called.Name == "GetResult" && type.FullName.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal) && type.IsValueType
            && type.Name.Contains("Awaiter", StringComparison.Ordinal) && !type.FullName.Contains("Yield", StringComparison.Ordinal))
        {
            RewriteGetResult(instruction, called);
            return;
        }

        if (Framework.TakesBodies(called) && RewriteBodies(instruction, called))
        {
            return;
        }

        bool constrained = instruction.Previous is { OpCode.Code: Code.Constrained };
        if (!constrained && race.ShimFor(called, out bool takesSite) is { } shim)
        {
            if (takesSite)
            {
                Before(instruction, [_il.Create(OpCodes.Ldc_I4, Site($"{NameOf(called.DeclaringType)} ({(called.Name == ".ctor" ? "new" : called.Name)})"))]);
            }

            instruction.OpCode = OpCodes.Call;
            instruction.Operand = shim;
            return;
        }

        if (called.DeclaringType is ArrayType { IsVector: false } matrix && called.HasThis && instruction.OpCode.Code != Code.Newobj)
        {
            RewriteMatrix(instruction, called, matrix);
            return;
        }

        if (called.HasThis && instruction.OpCode.Code != Code.Newobj && (Framework.IsCollection(type) || Framework.IsInterfaceOfCollections(type)))
        {
            RewriteCollection(instruction, called);
            return;
        }

        if (Framework.IsEnumeratorOfCollection(type) && called.Name == "MoveNext" && instruction.OpCode.Code == Code.Call)
        {
            RewriteEnumerator(instruction, called);
            return;
        }

        if (Framework.ReadsSequences(called) || Sets(instruction, called))
        {
            RewriteArguments(instruction, called);
            return;
        }

        if (Framework.IsUnknown(called, method.Module))
        {
            Before(instruction, [_il.Create(OpCodes.Call, race.Get("BeforeUnknown"))]);
            After(instruction, [_il.Create(OpCodes.Call, race.Get("AfterUnknown"))]);
        }
    }

    /// <summary>A delegate to a method of the framework: it gets the method that stands in for that, with the receiver as the first argument.</summary>
    private void RewriteDelegate(Instruction instruction, MethodReference called)
    {
        if (called.DeclaringType.IsValueType || called.Name == ".ctor" || race.ShimFor(called, out bool takesSite) is not { } shim || takesSite)
        {
            return;
        }

        if (instruction.OpCode.Code == Code.Ldvirtftn)
        {
            Before(instruction, [_il.Create(OpCodes.Pop)]);
            instruction.OpCode = OpCodes.Ldftn;
        }

        instruction.Operand = shim;
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
        else if (called.Name is "SetResult" or "SetException" && race.ShimFor(EndOf(called), out _) is { } end
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

    /// <summary>A method that takes bodies: each is replaced by one that is a line of execution of its own.</summary>
    /// <returns>true if it takes bodies; otherwise, false.</returns>
    private bool RewriteBodies(Instruction instruction, MethodReference called)
    {
        TypeReference[] parameters = [.. called.Parameters.Select(parameter => ParameterTypeOf(parameter, called))];
        int first = Array.FindIndex(parameters, static parameter => Framework.BodyOf(parameter) is not null);
        bool creates = called.Name == ".ctor";
        if (first < 0 || creates != (instruction.OpCode.Code == Code.Newobj))
        {
            return false;
        }

        bool isCallback = called.DeclaringType.Name == "CancellationToken";
        VariableDefinition runs = Temporary(_types.Object);
        VariableDefinition[] arguments = [.. parameters.Skip(first).Select(Temporary)];
        Before(instruction,
        [
            .. Enumerable.Reverse(arguments).Select(argument => _il.Create(OpCodes.Stloc, argument)),
            .. isCallback
                ? [_il.Create(OpCodes.Call, race.Get("BeginCallback"))]
                : (Instruction[])[_il.Create(creates || called.Name == "StartNew" ? OpCodes.Ldc_I4_0 : OpCodes.Ldc_I4_1), _il.Create(OpCodes.Call, race.Get("BeginBody"))],
            _il.Create(OpCodes.Stloc, runs),
            .. arguments.SelectMany(argument => Passed(argument, runs)),
        ]);
        if (!isCallback)
        {
            After(instruction, [_il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldloc, runs), _il.Create(OpCodes.Call, race.Get(creates ? "EndCold" : "EndBody"))]);
        }

        return true;
    }

    private Instruction[] Passed(VariableDefinition argument, VariableDefinition runs)
    {
        Instruction load = _il.Create(OpCodes.Ldloc, argument);
        if (Framework.BodyOf(argument.VariableType) is not { } body)
        {
            return [load];
        }

        MethodReference method = argument.VariableType is GenericInstanceType { GenericArguments: { } types } ? race.Get(body, types) : race.Get(body);
        return [load, _il.Create(OpCodes.Ldloc, runs), _il.Create(OpCodes.Call, method)];
    }

    private void RewriteCollection(Instruction instruction, MethodReference called)
    {
        VariableDefinition[] arguments = Spill(instruction, called, out Instruction[] before);
        string variable = $"{NameOf(called.DeclaringType)} ({called.Name})";
        bool isInterface = Framework.IsInterfaceOfCollections(Framework.ElementOf(called.DeclaringType));
        bool changes = Framework.Changes(called) && !(isInterface && called.DeclaringType.Name.StartsWith("IList", StringComparison.Ordinal) && called.Name == "set_Item");
        MethodReference record = race.Get((changes ? "Write" : "Read") + (isInterface ? "Through" : "Object"));
        bool list = Framework.ElementOf(called.DeclaringType).FullName == "System.Collections.Generic.List`1";
        bool element = list && (called.Name is "get_Item" or "set_Item");
        Instruction[] recorded = element
            ? [
                _il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Ldloc, arguments[1]), _il.Create(OpCodes.Ldc_I4, Site(variable)),
                _il.Create(OpCodes.Call, race.Get(called.Name == "set_Item" ? "WriteItem" : "ReadItem", ((GenericInstanceType)called.DeclaringType).GenericArguments[0])),
            ]
            : [
                _il.Create(OpCodes.Ldloc, arguments[0]), _il.Create(OpCodes.Ldc_I4, Site(variable)),
                _il.Create(OpCodes.Call, list && Framework.ReadsItems(called) ? race.Get("ReadItems", ((GenericInstanceType)called.DeclaringType).GenericArguments[0]) : record),
            ];
        recorded = [.. recorded, .. Arguments(instruction, called, arguments.AsSpan(1), variable)];
        Before(instruction, [.. before, .. recorded, .. arguments.Select(argument => _il.Create(OpCodes.Ldloc, argument))]);
    }

    /// <summary>An array of more than one dimension: its accessors are methods, and so is what gives the address of an element.</summary>
    private void RewriteMatrix(Instruction instruction, MethodReference called, ArrayType matrix)
    {
        if (called.Name is not ("Get" or "Set") || !CanPass(matrix.ElementType))
        {
            return;
        }

        VariableDefinition[] arguments = Spill(instruction, called, out Instruction[] before);
        MethodReference address = new("Address", new ByReferenceType(matrix.ElementType), matrix) { HasThis = true };
        for (int i = 0; i < matrix.Rank; i++)
        {
            address.Parameters.Add(new ParameterDefinition(_types.Int32));
        }

        Before(instruction,
        [
            .. before, .. arguments.Take(matrix.Rank + 1).Select(argument => _il.Create(OpCodes.Ldloc, argument)), _il.Create(OpCodes.Readonly), _il.Create(OpCodes.Call, address),
            .. Recorded(called.Name == "Get" ? "Read" : "Write", matrix.ElementType, NameOf(matrix)), .. arguments.Select(argument => _il.Create(OpCodes.Ldloc, argument)),
        ]);
    }

    private void RewriteEnumerator(Instruction instruction, MethodReference called)
    {
        string variable = $"{NameOf(called.DeclaringType.DeclaringType)}<> ({called.Name})";
        Before(instruction, [_il.Create(OpCodes.Dup), _il.Create(OpCodes.Ldc_I4, Site(variable)), _il.Create(OpCodes.Call, race.Get("ReadEnumerated", called.DeclaringType))]);
    }

    /// <summary>A method of the framework that goes through the sequences that it is given, or sets a place that it is given.</summary>
    private void RewriteArguments(Instruction instruction, MethodReference called)
    {
        VariableDefinition[] arguments = Spill(instruction, called, out Instruction[] before);
        Before(instruction,
        [
            .. before, .. Arguments(instruction, called, arguments.AsSpan(called.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0), $"{NameOf(called.DeclaringType)} ({called.Name})"),
            .. arguments.Select(argument => _il.Create(OpCodes.Ldloc, argument)),
        ]);
    }

    /// <summary>Whether a method of the framework sets a place other than a local, by an <c>out</c> parameter.</summary>
    private static bool Sets(Instruction instruction, MethodReference called)
    {
        return instruction.Previous is not { OpCode.Code: Code.Ldloca or Code.Ldarga or Code.Constrained }
            && called.Parameters.Any(static parameter => parameter.ParameterType is ByReferenceType) && !called.DeclaringType.IsArray
            && !(called.HasThis && called.DeclaringType.IsValueType) && Framework.IsOf(called) && called.Resolve() is { } definition
            && definition.Parameters.Any(static parameter => parameter.IsOut && !parameter.IsIn);
    }

    /// <summary>Records the arguments of a call that are sequences, and the places that it sets.</summary>
    private Instruction[] Arguments(Instruction instruction, MethodReference called, ReadOnlySpan<VariableDefinition> arguments, string variable)
    {
        List<Instruction> recorded = [];
        if (Sets(instruction, called))
        {
            MethodDefinition definition = called.Resolve();
            for (int i = 0; i < arguments.Length; i++)
            {
                if (definition.Parameters[i].IsOut && arguments[i].VariableType is ByReferenceType { ElementType: var type } && CanPass(type))
                {
                    recorded.Add(_il.Create(OpCodes.Ldloc, arguments[i]));
                    recorded.AddRange(Recorded("Write", type, VariableBefore(instruction, type)));
                }
            }
        }

        string record = Framework.ReadsAll(called) ? "ReadArgument" : called.DeclaringType.Name == "CollectionExtensions" && Framework.Changes(called) ? "WriteThrough" : "ReadThrough";
        for (int i = 0; i < arguments.Length; i++)
        {
            if (Framework.IsSequence(called.Parameters[i].ParameterType))
            {
                recorded.AddRange(_il.Create(OpCodes.Ldloc, arguments[i]), _il.Create(OpCodes.Ldc_I4, Site(variable)), _il.Create(OpCodes.Call, race.Get(record)));
            }
        }

        return [.. recorded];
    }

    /// <summary>Puts the receiver and the arguments of a call aside.</summary>
    /// <returns>Where they are; the receiver is the first, if there is one.</returns>
    private VariableDefinition[] Spill(Instruction instruction, MethodReference called, out Instruction[] stores)
    {
        List<VariableDefinition> arguments = [];
        if (called.HasThis && instruction.OpCode.Code != Code.Newobj)
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
