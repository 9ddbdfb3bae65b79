using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>A call of the library or the creation of one of its objects.</summary>
internal sealed class ApiCall(IOperation operation, IMethodSymbol method, ApiType type, Body body)
{
    public IOperation Operation { get; } = operation;

    public IMethodSymbol Method { get; } = method;

    public ApiType Type { get; } = type;

    public string Name => Method.Name;

    public Body Body { get; } = body;

    public IInvocationOperation? Invocation => Operation as IInvocationOperation;

    /// <summary>Gets what it is called on; null for a static method or where that has no name.</summary>
    public Place? Target { get; } = operation is IInvocationOperation { Instance: { } instance } ? Place.Of(instance) : null;

    public int Position => Operation.Syntax.Span.End;

    public bool IsCreation => Operation is IObjectCreationOperation;

    /// <summary>Gets whether it starts a goroutine beside the caller.</summary>
    public bool Spawns => Name is "Spawn" or "Run" or "SpawnAsync" or "TrySpawn" or "AfterFunc" && Type is ApiType.Go or ApiType.GoRuntime
        or ApiType.GoScope or ApiType.WaitGroup or ApiType.ErrGroup or ApiType.GoContext or ApiType.GoTimer;

    public bool Is(ApiType type, string name) => Type == type && Name == name;

    public bool IsSend => Type is ApiType.Chan or ApiType.Sender or ApiType.ClusterChan && Name is "SendAsync" or "Send";

    public bool IsReceive => Type is ApiType.Chan or ApiType.Receiver && Name is "ReceiveAsync" or "Receive" or "TakeAsync" or "Take";

    public bool IsClose => Type is ApiType.Chan or ApiType.Sender && Name is "Close" or "TryClose";

    /// <summary>Gets whether it takes a lock or permits that have to be given back.</summary>
    public bool IsAcquire => (Type is ApiType.GoMutex or ApiType.GoRWMutex && Name is "LockAsync" or "Lock" or "ReadLockAsync" or "ReadLock")
        || (Type == ApiType.WeightedSemaphore && Name is "AcquireAsync" or "Acquire");

    public bool IsRelease => (Type is ApiType.GoMutex or ApiType.GoRWMutex && Name is "Unlock" or "ReadUnlock")
        || (Type == ApiType.WeightedSemaphore && Name == "Release");

    /// <summary>Gets whether it waits, awaited or by the synchronous form.</summary>
    public bool Waits => IsSend || IsReceive || IsAcquire || Name is "WaitAsync" or "Wait" || (Type != ApiType.Select
        && Name is "JoinAsync" or "Join" or "SleepAsync" or "Sleep" or "SleepUntilAsync" or "Yield" or "DoAsync" or "Do" or "GetAsync" or "Get"
            or "AcceptAsync" or "Accept" or "DialAsync" or "Dial" or "ScopeAsync" or "Blocking" or "Main")
        || (Type is ApiType.ClusterChan or ApiType.ClusterConnection or ApiType.Delivery or ApiType.DeadLetters && Name.EndsWith("Async", StringComparison.Ordinal));

    /// <summary>Gets whether it takes a lease of the cluster, which is renewed until it is disposed.</summary>
    public bool IsLease => Type == ApiType.ClusterConnection && Name is "LockAsync" or "AcquireAsync" or "TryLockAsync" or "TryAcquireAsync";

    /// <summary>Gets whether the delegate that is passed may run several times at once: the handler of a server, of an endpoint.</summary>
    public bool RunsMany => Type == ApiType.EndpointExtensions
        || (Name == "ServeAsync" && (Type == ApiType.Listener || (Type is ApiType.ClusterChan or ApiType.ClusterConnection && !IsOneAtATime)));

    /// <summary>Handlers of the cluster run one at a time unless their options say otherwise.</summary>
    private bool IsOneAtATime => Invocation is { } invocation
        && (Operations.Argument(invocation, static parameter => parameter.Name == "options") is not { } options
            || (Operations.Unwrap(options.Value) is IObjectCreationOperation creation && !creation.Descendants().Any(static set =>
                set is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Concurrency" } } assignment && assignment.Value.ConstantValue is not { HasValue: true, Value: 1 })));

    /// <summary>Gets whether a cancellation token or a context was passed to it.</summary>
    public bool HasToken(Api api) => Invocation is { } invocation
        && Operations.Argument(invocation, parameter => api.IsToken(parameter.Type) || api.TypeOf(parameter.Type) is ApiType.GoContext) is { } argument
        && !IsNone(argument.Value);

    private static bool IsNone(IOperation value) => Operations.Unwrap(value) is IDefaultValueOperation
        or IPropertyReferenceOperation { Property: { Name: "None", ContainingType.Name: "CancellationToken" } };
}
