using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>A channel that one member makes and that no other code sees: all that happens to it is in the member.</summary>
internal sealed class LocalChannel
{
    private LocalChannel(ILocalSymbol variable, IObjectCreationOperation creation, Body declaredIn)
    {
        Variable = variable;
        Creation = creation;
        DeclaredIn = declaredIn;
    }

    public ILocalSymbol Variable { get; }

    public IObjectCreationOperation Creation { get; }

    public Body DeclaredIn { get; }

    public List<ApiCall> Sends { get; } = [];

    /// <summary>Gets the receives, not those of selects and loops.</summary>
    public List<ApiCall> Receives { get; } = [];

    public List<ApiCall> Closes { get; } = [];

    public List<ApiCall> SelectCases { get; } = [];

    public List<IForEachLoopOperation> Loops { get; } = [];

    /// <summary>Gets the polls: TrySend, TryReceive, TryTake.</summary>
    public List<ApiCall> Polls { get; } = [];

    /// <summary>Gets whether it certainly has no buffer.</summary>
    public bool IsUnbuffered => Creation.Arguments is [{ Value.ConstantValue: { HasValue: true, Value: 0 } }];

    /// <summary>Returns the channels of a member that do not escape.</summary>
    public static IEnumerable<LocalChannel> In(BlockModel model)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (call is { Type: ApiType.Chan, Operation: IObjectCreationOperation creation }
                && Operations.Consumer(creation) is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator })
            {
                var channel = new LocalChannel(declarator.Symbol, creation, model.FunctionOf(declarator));
                if (channel.Collect(model))
                {
                    yield return channel;
                }
            }
        }
    }

    /// <summary>Returns what can take part in a send, or in a receive: the operations of the other side, and a close that ends a receive.</summary>
    public IEnumerable<IOperation> Partners(bool ofSend)
    {
        IEnumerable<ApiCall> calls = (ofSend ? Receives : Sends.Concat(Closes)).Concat(SelectCases.Where(added => added.Name is "Send" or "AndSend" != ofSend));
        return calls.Select(static call => call.Operation).Concat(ofSend ? Loops : []);
    }

    /// <summary>Sorts the mentions of the channel; false if one of them lets other code have it.</summary>
    private bool Collect(BlockModel model)
    {
        foreach (Reference reference in model.ReferencesTo(Variable))
        {
            IOperation mention = reference.Operation;
            if (Operations.Consumer(mention) is IPropertyReferenceOperation { Property.Name: "Sender" or "Receiver" } end)
            {
                mention = end;
            }

            switch (Operations.Consumer(mention))
            {
                case IInvocationOperation { Instance: { } instance } call when Operations.Contains(instance, mention) && model.CallOf(call) is { } known:
                    if (known.Type == ApiType.Select)
                    {
                        return false;
                    }

                    (known.IsSend ? Sends : known.IsReceive ? Receives : known.IsClose ? Closes : Polls).Add(known);
                    break;
                case IArgumentOperation { Parent: IInvocationOperation select } when model.CallOf(select) is { Type: ApiType.Select } added:
                    SelectCases.Add(added);
                    break;
                case IForEachLoopOperation loop when Operations.Contains(loop.Collection, mention):
                    Loops.Add(loop);
                    break;
                case IPropertyReferenceOperation { Property.Name: "Count" or "Capacity" or "IsNil" }:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
