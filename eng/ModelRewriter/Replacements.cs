using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ModelRewriter;

/// <summary>Methods that the explorer stands in for: sleeping and waking, the clock, the start of threads, the thread pool, the kernel's poller.</summary>
/// <remarks>Each begins with a call; when that says so, the rest of the method is skipped.</remarks>
internal static class Replacements
{
    internal static void Apply(ModuleDefinition library, RuntimeMethods runtime, SiteList sites)
    {
        Skip(library, runtime, sites, "Goroutines.Runtime.SpinMutex", "Enter", "Lock", field: "_held");
        Skip(library, runtime, sites, "Goroutines.Platform.Futex", "Wait", "FutexWait");
        Skip(library, runtime, sites, "Goroutines.Platform.Futex", "Wake", "FutexWake");
        Skip(library, runtime, sites, "Goroutines.Runtime.M", "StartThread", "StartWorker");
        Skip(library, runtime, sites, "Goroutines.Runtime.StackfulThread", "Start", "StartStackful");
        Skip(library, runtime, sites, "Goroutines.Runtime.ForeignContinuation", "RunOnPool", "RunOnPool");
        Skip(library, runtime, sites, "Goroutines.Runtime.Sysmon", "StartThread", "StartSysmon");
        Skip(library, runtime, sites, "Goroutines.Net.Epoll.NetPoll", "Poll", "Poll");
        Skip(library, runtime, sites, "Goroutines.Net.Epoll.NetPoll", "Break", "BreakPoll");
        Skip(library, runtime, sites, "Goroutines.Runtime.Clock", "SystemNanoseconds", "Now", result: true);
        Skip(library, runtime, sites, "Goroutines.Runtime.ThreadLimit", "TryReserve", "ReserveThread", result: true);
        Skip(library, runtime, sites, "Goroutines.Runtime.ThreadLimit", "Release", "ReleaseThread");
        UseFutex(library);
    }

    /// <summary>Inserts <c>if (Memory.NAME(this or arguments, site)) return;</c>, or <c>… out result)) return result;</c></summary>
    private static void Skip(ModuleDefinition library, RuntimeMethods runtime, SiteList sites, string type, string name, string replacement, string? field = null, bool result = false)
    {
        MethodDefinition method = library.GetType(type)?.Methods.Single(method => method.Name == name)
            ?? throw new InvalidOperationException($"There is no {type}.{name}.");
        int site = sites.Add(MethodRewriter.NameOf(method), replacement, field ?? "");
        MethodReference target = runtime.Get(replacement);
        ILProcessor il = method.Body.GetILProcessor();
        Instruction original = method.Body.Instructions[0];
        List<Instruction> added = [];
        if (field is not null)
        {
            added.Add(il.Create(OpCodes.Ldarg_0));
            added.Add(il.Create(OpCodes.Ldflda, method.DeclaringType.Fields.Single(candidate => candidate.Name == field)));
        }
        else if (method.HasThis)
        {
            added.Add(il.Create(OpCodes.Ldarg_0));
        }

        // As many arguments as the replacement takes besides `this`, the result and the site.
        int arguments = target.Parameters.Count - added.Count(static i => i.OpCode == OpCodes.Ldarg_0) - (result ? 1 : 0) - 1;
        for (int i = 0; i < arguments; i++)
        {
            added.Add(il.Create(OpCodes.Ldarg, method.Parameters[i]));
        }

        VariableDefinition? value = null;
        if (result)
        {
            value = new VariableDefinition(method.ReturnType);
            method.Body.Variables.Add(value);
            added.Add(il.Create(OpCodes.Ldloca, value));
        }

        added.Add(il.Create(OpCodes.Ldc_I4, site));
        added.Add(il.Create(OpCodes.Call, target));
        added.Add(il.Create(OpCodes.Brfalse, original));
        if (value is not null)
        {
            added.Add(il.Create(OpCodes.Ldloc, value));
        }

        added.Add(il.Create(OpCodes.Ret));
        foreach (Instruction instruction in added)
        {
            il.InsertBefore(original, instruction);
        }
    }

    /// <summary>The sleep is a futex, which the explorer knows, wherever the tests run.</summary>
    private static void UseFutex(ModuleDefinition library)
    {
        MethodDefinition constructor = library.GetType("Goroutines.Runtime.ParkingNote").Methods.Single(static method => method.Name == ".ctor");
        Instruction load = constructor.Body.Instructions.Single(static i => i.OpCode == OpCodes.Ldsfld && ((FieldReference)i.Operand).Name == "s_futex");
        load.OpCode = OpCodes.Ldc_I4_1;
        load.Operand = null;
    }
}
