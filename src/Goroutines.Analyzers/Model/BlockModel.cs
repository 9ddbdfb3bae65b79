using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>
/// One member's code as the rules see it: its functions and how each is run, the calls of the library, the mentions of
/// variables. Made once a member and shared by all rules; the rules themselves hold no state.
/// </summary>
/// <remarks>
/// Functions are bodies of their own: whether something happens in a loop, under a lock or after something else is only
/// ever asked within one function.
/// </remarks>
internal sealed class BlockModel
{
    private static readonly ConditionalWeakTable<IOperation, BlockModel> s_made = new();

    /// <summary>The models of members that do not mention the library themselves, and call some that may.</summary>
    private static readonly ConditionalWeakTable<IOperation, BlockModel> s_followed = new();

    /// <summary>Stands for all members that do not mention the library.</summary>
    private static readonly BlockModel s_none = new();

    private readonly Dictionary<IOperation, Body> _functions = [];
    private readonly Dictionary<ISymbol, Body> _localFunctions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<Reference>> _references = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, IVariableDeclaratorOperation> _declarators = new(SymbolEqualityComparer.Default);
    private readonly List<ApiCall> _calls = [];
    private readonly List<Body> _bodies = [];
    private readonly Dictionary<IOperation, ApiCall> _callOf = [];
    private readonly List<PassedFunction> _passed = [];
    private readonly List<ISymbol> _called = [];
    private readonly List<ITryOperation> _tries = [];
    private readonly List<ISimpleAssignmentOperation> _settings = [];
    private readonly List<Reference> _mentions = [];
    private readonly Dictionary<Body, ISymbol[]> _captured = [];
    private readonly List<IInvocationOperation> _threadLocks = [];

    private HeldLock[]? _heldLocks;
    private LocalChannel[]? _localChannels;

    private BlockModel()
    {
        Api = null!;
        Member = null!;
    }

    private BlockModel(Api api, ImmutableArray<IOperation> blocks, ISymbol member)
    {
        Api = api;
        Member = member;
        Roots = blocks;
        var root = new Body(blocks[0], member as IMethodSymbol, null) { Kind = api.IsBodyMember(member) ? BodyKind.Main : BodyKind.Member };
        _bodies.Add(root);
        foreach (IOperation block in blocks)
        {
            Walk(block, root);
        }

        foreach (PassedFunction passed in _passed)
        {
            BodyOf(passed.Function)?.AddStart(passed.Call, passed.Kind);
        }

        foreach (ISymbol called in _called)
        {
            if (_localFunctions.TryGetValue(called, out Body body))
            {
                body.IsCalled = true;
            }
        }
    }

    public Api Api { get; }

    public ISymbol Member { get; }

    public ImmutableArray<IOperation> Roots { get; }

    /// <summary>Gets what the member's code has; rules that need more are not called.</summary>
    public Traits Traits { get; private set; }

    public IReadOnlyList<Body> Bodies => _bodies;

    public IReadOnlyList<ApiCall> Calls => _calls;

    public IReadOnlyList<ITryOperation> Tries => _tries;

    /// <summary>Gets the assignments to properties of the library.</summary>
    public IReadOnlyList<ISimpleAssignmentOperation> Settings => _settings;

    /// <summary>Gets the calls of the framework's locks that belong to a thread.</summary>
    public IReadOnlyList<IInvocationOperation> ThreadLocks => _threadLocks;

    public IEnumerable<ISymbol> Variables => _references.Keys;

    /// <summary>Gets what the member holds where. Made when the first rule asks.</summary>
    public IReadOnlyList<HeldLock> HeldLocks
    {
        get
        {
            lock (_captured)
            {
                return _heldLocks ??= [.. HeldLock.In(this)];
            }
        }
    }

    /// <summary>Gets the channels of the member that do not escape. Made when the first rule asks.</summary>
    public IReadOnlyList<LocalChannel> LocalChannels
    {
        get
        {
            lock (_captured)
            {
                return _localChannels ??= [.. LocalChannel.In(this)];
            }
        }
    }

    /// <summary>Returns the model of a member's code, or null if the code does not mention the library.</summary>
    public static BlockModel? Of(Api api, ImmutableArray<IOperation> blocks, ISymbol member)
    {
        if (blocks.IsEmpty)
        {
            return null;
        }

        // All rules run on one member before any runs on the next, so they share one model.
        if (!s_made.TryGetValue(blocks[0], out BlockModel? model))
        {
            model = s_made.GetValue(blocks[0], _ => Uses(api, blocks, member) ? new BlockModel(api, blocks, member) : s_none);
        }

        return ReferenceEquals(model, s_none) ? null : model;
    }

    /// <summary>
    /// Returns the model of another method in the same file, for a rule that follows a call; null if the method is elsewhere or has no body. The method
    /// need not mention the library itself. Made only where a rule has found something that depends on that method.
    /// </summary>
    public BlockModel? ModelOf(IMethodSymbol method)
    {
        if (Roots[0].SemanticModel is not { } semantic)
        {
            return null;
        }

        foreach (SyntaxReference declaration in method.OriginalDefinition.DeclaringSyntaxReferences)
        {
            if (declaration.SyntaxTree == semantic.SyntaxTree && BodyOf(declaration.GetSyntax()) is { } body && semantic.GetOperation(body) is { } block)
            {
                return Of(Api, [block], method.OriginalDefinition) ?? s_followed.GetValue(block, _ => new BlockModel(Api, [block], method.OriginalDefinition));
            }
        }

        return null;
    }

    private static SyntaxNode? BodyOf(SyntaxNode declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
        AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
        ArrowExpressionClauseSyntax getter => getter,
        _ => null,
    };

    /// <summary>Tells whether a member has anything for the rules to look at. Most members of most programs have not, so this comes before the model.</summary>
    private static bool Uses(Api api, ImmutableArray<IOperation> blocks, ISymbol member)
    {
        if (api.IsBodyMember(member))
        {
            return true;
        }

        Stack<IOperation> pending = new(blocks);
        while (pending.Count != 0)
        {
            IOperation operation = pending.Pop();
            switch (operation)
            {
                case IInvocationOperation { TargetMethod: { } method } when api.TypeOf(method.ContainingType) != ApiType.None || TakesBody(api, method):
                case IObjectCreationOperation { Constructor.ContainingType: { } created } when api.TypeOf(created) != ApiType.None:
                case IForEachLoopOperation { Collection: { } collection } when api.TypeOf(Operations.Unwrap(collection)?.Type) != ApiType.None:
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.ContainingType: { } owner } } when api.TypeOf(owner) != ApiType.None:
                    return true;
            }

            foreach (IOperation child in operation.ChildOperations)
            {
                pending.Push(child);
            }
        }

        return false;
    }

    private static bool TakesBody(Api api, IMethodSymbol method)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (parameter.Type.TypeKind == TypeKind.Delegate && api.IsMarkedBody(parameter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the call of the library that an operation is; null if it is none.</summary>
    public ApiCall? CallOf(IOperation operation) => _callOf.TryGetValue(operation, out ApiCall call) && call.Type != ApiType.None ? call : null;

    public IReadOnlyList<Reference> ReferencesTo(ISymbol variable) =>
        _references.TryGetValue(variable, out List<Reference> found) ? found : [];

    public IVariableDeclaratorOperation? DeclaratorOf(ISymbol variable) =>
        _declarators.TryGetValue(variable, out IVariableDeclaratorOperation found) ? found : null;

    public IOperation? InitializerOf(ISymbol variable) => Operations.Unwrap(DeclaratorOf(variable)?.GetVariableInitializer()?.Value);

    /// <summary>Returns the function a delegate is made of: a lambda, or a local function by its name.</summary>
    public Body? BodyOf(IOperation? function)
    {
        while (function is IConversionOperation or IParenthesizedOperation or IDelegateCreationOperation)
        {
            function = function switch
            {
                IDelegateCreationOperation creation => creation.Target,
                _ => Operations.Unwrap(function),
            };
        }

        return function switch
        {
            IAnonymousFunctionOperation lambda => _functions.TryGetValue(lambda, out Body body) ? body : null,
            IMethodReferenceOperation reference => LocalFunction(reference.Method),
            _ => null,
        };
    }

    public Body? LocalFunction(IMethodSymbol method) => _localFunctions.TryGetValue(method.OriginalDefinition, out Body body) ? body : null;

    /// <summary>Returns the locals and parameters that a function, or one in it, uses from outside, in the order of their first mention.</summary>
    public IReadOnlyList<ISymbol> CapturedBy(Body function)
    {
        lock (_captured)
        {
            if (!_captured.TryGetValue(function, out ISymbol[] captured))
            {
                HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
                List<ISymbol> found = [];
                foreach (Reference mention in _mentions)
                {
                    if (mention.Body.IsWithin(function) && seen.Add(mention.Variable) && function.Captures(mention.Variable))
                    {
                        found.Add(mention.Variable);
                    }
                }

                _captured[function] = captured = [.. found];
            }

            return captured;
        }
    }

    /// <summary>Tells whether nothing looks at the result of a wait or a try.</summary>
    public bool IsDropped(IOperation wait) => Operations.IsDropped(wait) && !IsWholeLambda(Operations.AwaitOf(wait) ?? wait, static lambda => !lambda.ReturnsVoid);

    /// <summary>
    /// Tells whether an expression is all there is of a lambda whose use is unknown: <c>Assert.ThrowsAsync(async () => await x.TryLockAsync())</c>. What
    /// is given the lambda looks at how it ends.
    /// </summary>
    public bool IsWholeLambda(IOperation expression, Func<IMethodSymbol, bool> which) =>
        Operations.Consumer(expression) is IExpressionStatementOperation { Parent: IBlockOperation { Parent: IAnonymousFunctionOperation lambda } block }
        && block.Syntax is not BlockSyntax && which(lambda.Symbol) && BodyOf(lambda) is { Kind: BodyKind.Unknown };

    /// <summary>Returns the function that an operation stands in.</summary>
    public Body FunctionOf(IOperation operation)
    {
        for (IOperation? current = operation; current is not null; current = current.Parent)
        {
            if (_functions.TryGetValue(current, out Body body))
            {
                return body;
            }
        }

        return _bodies[0];
    }

    private void Walk(IOperation operation, Body body)
    {
        if (!Operations.IsFunction(operation))
        {
            body.Add(operation);
        }

        switch (operation)
        {
            case IAnonymousFunctionOperation lambda:
                body = Enter(lambda, lambda.Symbol, body, BodyKind.Unknown);
                break;
            case ILocalFunctionOperation function:
                body = Enter(function, function.Symbol, body, BodyKind.LocalFunction);
                _localFunctions[function.Symbol.OriginalDefinition] = body;
                break;
            case ITryOperation attempt:
                _tries.Add(attempt);
                Traits |= Traits.TryStatement;
                break;
            case IInvocationOperation invocation:
                body.AddInvocation(invocation);
                if (invocation.TargetMethod.ContainingType is { Name: "Monitor" or "Mutex" or "WaitHandle" or "ReaderWriterLockSlim" or "SpinLock" or "Lock" })
                {
                    _threadLocks.Add(invocation);
                    Traits |= Traits.ThreadLock;
                }

                Traits |= invocation.TargetMethod.Name switch
                {
                    "ConfigureAwait" => Traits.ConfigureAwait,
                    "AsTask" => Traits.AsTask,
                    _ => Traits.None,
                };

                See(invocation, invocation.TargetMethod, invocation.Arguments, body);
                break;
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                See(creation, constructor, creation.Arguments, body);
                break;
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.ContainingType: { } owner } } assignment when Api.TypeOf(owner) != ApiType.None:
                _settings.Add(assignment);
                Traits |= Traits.Delegate;
                break;
            case IVariableDeclaratorOperation declarator:
                _declarators[declarator.Symbol] = declarator;
                break;
            case ILocalReferenceOperation local:
                Mention(local.Local, local, body);
                break;
            case IParameterReferenceOperation parameter:
                Mention(parameter.Parameter, parameter, body);
                break;
        }

        foreach (IOperation child in operation.ChildOperations)
        {
            Walk(child, body);
        }
    }

    private Body Enter(IOperation function, IMethodSymbol symbol, Body parent, BodyKind kind)
    {
        var body = new Body(function, symbol, parent) { Kind = kind };
        _bodies.Add(body);
        _functions[function] = body;
        return body;
    }

    private void Mention(ISymbol variable, IOperation operation, Body body)
    {
        if (!_references.TryGetValue(variable, out List<Reference> references))
        {
            _references[variable] = references = [];
        }

        var mention = new Reference(variable, operation, body);
        references.Add(mention);
        _mentions.Add(mention);
    }

    private void See(IOperation operation, IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, Body body)
    {
        ApiType type = Api.TypeOf(method.ContainingType);
        if (type != ApiType.None)
        {
            Add(new ApiCall(operation, method, type, body));
            Traits |= TraitsOf(type, method);
        }
        else if (method.MethodKind == MethodKind.LocalFunction)
        {
            _called.Add(method.OriginalDefinition);
        }

        foreach (IArgumentOperation argument in arguments)
        {
            if (argument.Parameter is not { } parameter)
            {
                continue;
            }

            if (parameter.Type.TypeKind != TypeKind.Delegate && parameter.Type.SpecialType != SpecialType.System_Delegate)
            {
                if (type != ApiType.None && parameter.Type.Name is "TimeSpan" or "DateTimeOffset" or "Nullable")
                {
                    Traits |= Traits.Time;
                }

                continue;
            }

            Traits |= Traits.Delegate;

            if (KindOf(method, type, parameter) is { } kind)
            {
                ApiCall call = type != ApiType.None ? _calls[_calls.Count - 1] : new ApiCall(operation, method, type, body);
                if (type == ApiType.None)
                {
                    Add(call); // a user's own wrapper makes the member one that uses the library
                }

                Pass(argument.Value, call, kind);
            }
            else if (type == ApiType.None && IsEndpointOfGoroutines(operation))
            {
                var call = new ApiCall(operation, method, ApiType.EndpointExtensions, body);
                Add(call);
                Pass(argument.Value, call, BodyKind.Goroutine);
            }
        }
    }

    private void Add(ApiCall call)
    {
        _calls.Add(call);
        _callOf[call.Operation] = call;
    }

    private void Pass(IOperation function, ApiCall call, BodyKind kind)
    {
        _passed.Add(new PassedFunction(function, call, kind));
        if (kind == BodyKind.Goroutine)
        {
            Traits |= Traits.Goroutine;
        }
    }

    /// <summary>Returns what a call of the library adds to the traits of its member.</summary>
    private static Traits TraitsOf(ApiType type, IMethodSymbol method)
    {
        Traits traits = type switch
        {
            ApiType.Chan or ApiType.Sender or ApiType.Receiver or ApiType.ClusterChan => Traits.Channel,
            ApiType.Select => Traits.Select,
            ApiType.GoMutex or ApiType.GoRWMutex or ApiType.WeightedSemaphore or ApiType.Holder or ApiType.Once or ApiType.ClusterConnection => Traits.Lock,
            ApiType.WaitGroup or ApiType.ErrGroup => Traits.Group,
            ApiType.GoCond => Traits.Cond,
            ApiType.GoContext or ApiType.CancelContext or ApiType.ContextKey => Traits.Context,
            ApiType.GoTest => Traits.Test,
            _ => Traits.None,
        };
        return method.Name.StartsWith("Try", StringComparison.Ordinal) ? traits | Traits.Attempt : traits;
    }

    /// <summary>Tells whether an endpoint's handler runs as a goroutine: <c>app.MapGet(pattern, handler).WithGoroutine()</c>.</summary>
    private bool IsEndpointOfGoroutines(IOperation mapping)
    {
        for (IOperation? consumer = Operations.Consumer(mapping); consumer is IArgumentOperation or IInvocationOperation; consumer = Operations.Consumer(consumer))
        {
            if (consumer is IInvocationOperation { TargetMethod: { Name: "WithGoroutine", ContainingType: { } type } } && Api.TypeOf(type) == ApiType.EndpointExtensions)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns how a call runs the delegate passed as a parameter; null if that is unknown. No other code decides this.</summary>
    private BodyKind? KindOf(IMethodSymbol method, ApiType type, IParameterSymbol parameter)
    {
        if (Api.IsMarkedBody(parameter))
        {
            return BodyKind.Goroutine;
        }

        return (type, method.Name) switch
        {
            (ApiType.Go or ApiType.GoRuntime or ApiType.GoScope, "Spawn" or "Run") => BodyKind.Goroutine,
            (ApiType.WaitGroup or ApiType.ErrGroup, "Spawn" or "SpawnAsync" or "TrySpawn") => BodyKind.Goroutine,
            (ApiType.GoContext or ApiType.GoTimer, "AfterFunc") => BodyKind.Goroutine,
            (ApiType.Listener or ApiType.ClusterChan or ApiType.ClusterConnection, "ServeAsync") when parameter.Name == "handler" => BodyKind.Goroutine,
            (ApiType.WebSocketExtensions, "ServeAsync") or (ApiType.HostingExtensions, "AddGoroutine") when parameter.Name == "body" => BodyKind.Goroutine,
            (ApiType.GoResults, "JsonLines" or "ServerSentEvents") => BodyKind.Goroutine,
            (ApiType.Go or ApiType.GoRuntime, "Main") => BodyKind.Main,
            (ApiType.GoTest, "Run" or "Explore" or "Replay") => BodyKind.Main,
            (ApiType.Go or ApiType.GoRuntime, "ScopeAsync") => BodyKind.Inline,
            (ApiType.Once or ApiType.SingleFlight or ApiType.GoLabels, "DoAsync" or "Do") => BodyKind.Inline,
            (ApiType.ClusterConnection, "LeadAsync") => BodyKind.Inline,
            _ => null,
        };
    }

    /// <summary>A delegate that is passed to a call, and how the call runs it.</summary>
    private sealed class PassedFunction(IOperation function, ApiCall call, BodyKind kind)
    {
        public IOperation Function { get; } = function;

        public ApiCall Call { get; } = call;

        public BodyKind Kind { get; } = kind;
    }
}
