using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Goroutines.Race.Rewriter;

/// <summary>Finds the captured locals and parameters that nothing changes once a lambda has them. Like Go, which captures such variables by value, the rewriter reports no
/// accesses to them.</summary>
/// <remarks>A captured variable is a field of a closure. It is left out if one instruction alone stores it, in the method that makes the closure, at most once for each closure,
/// and before anything else can have the closure; and if nothing takes its address.</remarks>
internal sealed class CapturedLocals
{
    private readonly Dictionary<FieldDefinition, Store?> _stores = [];
    private readonly Dictionary<TypeDefinition, Store?> _makers = [];
    private readonly HashSet<FieldDefinition> _fixed = [];

    internal CapturedLocals(ModuleDefinition module)
    {
        foreach (MethodDefinition method in module.GetTypes().SelectMany(static type => type.Methods).Where(static method => method.HasBody))
        {
            Collect(method);
        }

        foreach ((FieldDefinition field, Store? store) in _stores)
        {
            if (store is { } only && _makers.GetValueOrDefault(field.DeclaringType) is { } maker && maker.Method == only.Method && IsFixed(only.Method.Body, maker.Index, only.Index))
            {
                _fixed.Add(field);
            }
        }
    }

    internal bool Contains(FieldDefinition field) => _fixed.Contains(field);

    private static bool IsClosure(TypeDefinition type) => !type.IsValueType && type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal);

    private void Collect(MethodDefinition method)
    {
        for (int i = 0; i < method.Body.Instructions.Count; i++)
        {
            Instruction instruction = method.Body.Instructions[i];
            switch (instruction.OpCode.Code)
            {
                case Code.Newobj when ((MethodReference)instruction.Operand).DeclaringType.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal):
                    if (((MethodReference)instruction.Operand).DeclaringType.Resolve() is { } type && IsClosure(type))
                    {
                        Add(_makers, type, new Store(method, i));
                    }

                    break;
                case Code.Stfld or Code.Ldflda when ((FieldReference)instruction.Operand).DeclaringType.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal):
                    if (((FieldReference)instruction.Operand).Resolve() is { } field && IsClosure(field.DeclaringType))
                    {
                        Add(_stores, field, instruction.OpCode.Code == Code.Stfld ? new Store(method, i) : null);
                    }

                    break;
            }
        }
    }

    /// <summary>Notes where a thing is done; null if it is done in more than one place.</summary>
    private static void Add<TKey>(Dictionary<TKey, Store?> places, TKey key, Store? place)
        where TKey : notnull => places[key] = places.ContainsKey(key) ? null : place;

    private static bool IsFixed(MethodBody body, int made, int stored)
    {
        if (stored < made)
        {
            return false;
        }

        Dictionary<Instruction, int> indexes = [];
        for (int i = 0; i < body.Instructions.Count; i++)
        {
            indexes.Add(body.Instructions[i], i);
        }

        for (int i = made + 1; i < body.Instructions.Count; i++)
        {
            object operand = body.Instructions[i].Operand;

            // A method of a closure, or of the state machine of one, may get the closure. The compiler's class of lambdas without closure gets none.
            if (i < stored && operand is MethodReference { DeclaringType: { } owner } && owner.Name.StartsWith('<') && owner.Name != "<>c" && body.Instructions[i].OpCode.Code != Code.Newobj)
            {
                return false;
            }

            // A loop with the store in it and the closure outside of it stores again.
            Instruction[] targets = operand is Instruction target ? [target] : operand as Instruction[] ?? [];
            if (i >= stored && targets.Any(next => indexes[next] > made && indexes[next] <= stored))
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Store(MethodDefinition Method, int Index);
}
