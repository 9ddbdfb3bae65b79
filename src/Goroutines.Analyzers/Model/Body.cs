using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Model;

/// <summary>How a function is run, as far as the place where it is written tells.</summary>
internal enum BodyKind
{
    /// <summary>The member itself: a method, an accessor, an initializer.</summary>
    Member,

    /// <summary>A local function that nothing is known to start.</summary>
    LocalFunction,

    /// <summary>A goroutine beside the code that starts it.</summary>
    Goroutine,

    /// <summary>
    /// A goroutine that nothing in its member runs beside: the code that starts it waits for its end (<c>Go.Main</c>, <c>GoTest.Run</c>),
    /// or is elsewhere (the member is the body of a hosted service).
    /// </summary>
    Main,

    /// <summary>Run by the caller, as a part of it: the body of a scope, the action of a once.</summary>
    Inline,

    /// <summary>A delegate whose use is unknown.</summary>
    Unknown,
}

/// <summary>A function of a member: the member, a lambda or a local function.</summary>
internal sealed class Body(IOperation root, IMethodSymbol? method, Body? parent)
{
    private readonly List<ApiCall> _starts = [];
    private readonly List<IOperation> _operations = [];
    private readonly List<IInvocationOperation> _invocations = [];

    public IOperation Root { get; } = root;

    /// <summary>Gets the function's symbol; null for an initializer.</summary>
    public IMethodSymbol? Method { get; } = method;

    public Body? Parent { get; } = parent;

    public BodyKind Kind { get; set; }

    /// <summary>Gets the operations of the function in the order of the text, not those of the functions in it. Made when the model is, so that no rule walks again.</summary>
    public IReadOnlyList<IOperation> Operations => _operations;

    /// <summary>Gets the calls among the operations.</summary>
    public IReadOnlyList<IInvocationOperation> Invocations => _invocations;

    /// <summary>Gets the calls that this function is passed to as a body.</summary>
    public IReadOnlyList<ApiCall> Starts => _starts;

    /// <summary>Gets or sets whether a call in the same member runs the local function in place.</summary>
    public bool IsCalled { get; set; }

    public bool IsAsync => Method is { IsAsync: true };

    public void Add(IOperation operation) => _operations.Add(operation);

    public void AddInvocation(IInvocationOperation invocation) => _invocations.Add(invocation);

    public void AddStart(ApiCall start, BodyKind kind)
    {
        _starts.Add(start);
        if (Kind != BodyKind.Goroutine)
        {
            Kind = kind;
        }
    }

    /// <summary>Gets whether this code certainly runs in a goroutine: the function is one's body or is run in place by such a function.</summary>
    public bool IsInGoroutine
    {
        get
        {
            for (Body? body = this; body is not null; body = body.Parent)
            {
                switch (body.Kind)
                {
                    case BodyKind.Goroutine or BodyKind.Main:
                        return true;
                    case BodyKind.Inline:
                        continue;
                    default:
                        return false;
                }
            }

            return false;
        }
    }

    /// <summary>Returns the nearest function around this code, itself included, that is the body of a goroutine beside others; null if there is none.</summary>
    public Body? Goroutine
    {
        get
        {
            for (Body? body = this; body is not null; body = body.Parent)
            {
                if (body.Kind == BodyKind.Goroutine)
                {
                    return body;
                }
            }

            return null;
        }
    }

    public bool IsWithin(Body outer)
    {
        for (Body? body = this; body is not null; body = body.Parent)
        {
            if (ReferenceEquals(body, outer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether the symbol is declared outside this function.</summary>
    public bool Captures(ISymbol variable) => variable.DeclaringSyntaxReferences is [{ } declaration, ..]
        && !(declaration.SyntaxTree == Root.Syntax.SyntaxTree && Root.Syntax.Span.Contains(declaration.Span));
}
