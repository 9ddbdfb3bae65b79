using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Goroutines.Analyzers.Model;

/// <summary>The library's types in one compilation, and those of the framework that rules look at. Resolved once a compilation.</summary>
internal sealed class Api
{
    private const string LibraryName = "Goroutines";

    private static readonly (string Name, ApiType Type)[] s_names =
    [
        ("Goroutines.Go", ApiType.Go), ("Goroutines.GoRuntime", ApiType.GoRuntime), ("Goroutines.GoRuntimeOptions", ApiType.GoRuntimeOptions),
        ("Goroutines.GoScope", ApiType.GoScope), ("Goroutines.Chan`1", ApiType.Chan), ("Goroutines.Sender`1", ApiType.Sender),
        ("Goroutines.Receiver`1", ApiType.Receiver), ("Goroutines.Received`1", ApiType.Received), ("Goroutines.Select", ApiType.Select),
        ("Goroutines.SelectCase", ApiType.SelectCase), ("Goroutines.ReceiveCase`1", ApiType.SelectCase), ("Goroutines.SendCase`1", ApiType.SelectCase),
        ("Goroutines.TimeoutCase", ApiType.SelectCase), ("Goroutines.AwaitCase", ApiType.SelectCase), ("Goroutines.AwaitCase`1", ApiType.SelectCase),
        ("Goroutines.WaitGroup", ApiType.WaitGroup), ("Goroutines.ErrGroup", ApiType.ErrGroup), ("Goroutines.GoMutex", ApiType.GoMutex),
        ("Goroutines.GoRWMutex", ApiType.GoRWMutex), ("Goroutines.GoCond", ApiType.GoCond), ("Goroutines.Once", ApiType.Once),
        ("Goroutines.OnceValue`1", ApiType.OnceValue), ("Goroutines.SingleFlight`2", ApiType.SingleFlight),
        ("Goroutines.WeightedSemaphore", ApiType.WeightedSemaphore), ("Goroutines.Holder", ApiType.Holder), ("Goroutines.GoTimer", ApiType.GoTimer),
        ("Goroutines.Ticker", ApiType.Ticker), ("Goroutines.GoContext", ApiType.GoContext), ("Goroutines.CancelContext", ApiType.CancelContext),
        ("Goroutines.ContextKey`1", ApiType.ContextKey), ("Goroutines.Goroutine", ApiType.Goroutine), ("Goroutines.Goroutine`1", ApiType.Goroutine),
        ("Goroutines.Net.Conn", ApiType.Conn), ("Goroutines.Net.Listener", ApiType.Listener), ("Goroutines.Net.PacketConn", ApiType.PacketConn),
        ("Goroutines.Net.Dialer", ApiType.Dialer), ("Goroutines.Testing.GoTest", ApiType.GoTest),
        ("Goroutines.Testing.LeakCheck", ApiType.LeakCheck), ("Goroutines.GoBarrier", ApiType.GoBarrier), ("Goroutines.GoLabels", ApiType.GoLabels),
        ("Goroutines.Cluster.ClusterChan`1", ApiType.ClusterChan), ("Goroutines.Cluster.ClusterConnection", ApiType.ClusterConnection),
        ("Goroutines.Cluster.Lease", ApiType.Lease), ("Goroutines.Cluster.Delivery`1", ApiType.Delivery), ("Goroutines.Cluster.DeadLetters`1", ApiType.DeadLetters),
        ("Goroutines.Cluster.Served", ApiType.Served), ("Microsoft.Extensions.DependencyInjection.GoroutinesServiceCollectionExtensions", ApiType.HostingExtensions),
        ("Goroutines.AspNetCore.WebSocketChannelExtensions", ApiType.WebSocketExtensions), ("Goroutines.AspNetCore.GoResults", ApiType.GoResults),
        ("Microsoft.AspNetCore.Builder.GoroutinesEndpointConventionBuilderExtensions", ApiType.EndpointExtensions),
    ];

    private static readonly ConditionalWeakTable<Compilation, Api?> s_known = new();

    // Both tables map references to references: the framework ships compiled code for those, while code for other instantiations is compiled in every compiler process.
    private readonly Dictionary<INamedTypeSymbol, object> _types = new(SymbolEqualityComparer.Default);
    private readonly ConditionalWeakTable<IAssemblySymbol, object> _mayMark = new();
    private readonly bool[] _known = new bool[(int)ApiType.Last + 1];
    private readonly List<IMethodSymbol> _bodyMembers = [];
    private readonly INamedTypeSymbol? _bodyAttribute;

    private Api(Compilation compilation)
    {
        // These assemblies alone are asked: asking the compilation goes through every reference, for each name.
        IAssemblySymbol[] packages = [.. Packages(compilation)];
        foreach ((string name, ApiType type) in s_names)
        {
            if (FindIn(packages, name) is { } symbol)
            {
                _types[symbol] = type;
                _known[(int)type] = true;
            }
        }

        // The members that a class overrides or implements for its instances to run as goroutines.
        foreach ((string type, string name) in new[] { ("Goroutines.Hosting.GoBackgroundService", "ExecuteAsync"), ("Goroutines.Hosting.IGoroutineBody", "RunAsync") })
        {
            if (FindIn(packages, type)?.GetMembers(name) is [IMethodSymbol method])
            {
                _bodyMembers.Add(method);
            }
        }

        _bodyAttribute = FindIn(packages, "Goroutines.GoroutineBodyAttribute");
        IAssemblySymbol core = compilation.GetSpecialType(SpecialType.System_Object).ContainingAssembly;
        Task = Framework("System.Threading.Tasks.Task");
        TaskOfT = Framework("System.Threading.Tasks.Task`1");
        ValueTask = Framework("System.Threading.Tasks.ValueTask");
        ValueTaskOfT = Framework("System.Threading.Tasks.ValueTask`1");
        CancellationToken = Framework("System.Threading.CancellationToken");
        Thread = Framework("System.Threading.Thread");
        IsTestProject = compilation.ReferencedAssemblyNames.Any(static name => name.Name is "xunit.core" or "xunit.v3.core" or "xunit.v3.core.mtp-v2"
            or "nunit.framework" or "Microsoft.VisualStudio.TestPlatform.TestFramework" or "MSTest.TestFramework" or "TUnit.Core");

        INamedTypeSymbol? Framework(string name) => core.GetTypeByMetadataName(name) ?? compilation.GetTypeByMetadataName(name);
    }

    public INamedTypeSymbol? Task { get; }

    public INamedTypeSymbol? TaskOfT { get; }

    public INamedTypeSymbol? ValueTask { get; }

    public INamedTypeSymbol? ValueTaskOfT { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    public INamedTypeSymbol? Thread { get; }

    /// <summary>Gets whether the compilation refers to a test framework: some rules are lower there.</summary>
    public bool IsTestProject { get; }

    /// <summary>Returns the library's types, or null if the compilation does not use the library.</summary>
    public static Api? Of(Compilation compilation) => s_known.GetValue(
        compilation,
        static compilation => FindIn(Packages(compilation), "Goroutines.Go") is null ? null : new Api(compilation));

    /// <summary>Tells whether the compilation refers to the package that has a type.</summary>
    public bool Knows(ApiType type) => _known[(int)type];

    public ApiType TypeOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol named && _types.TryGetValue(named.OriginalDefinition, out object found) ? (ApiType)found : ApiType.None;

    public bool IsTaskLike(ITypeSymbol? type) => type is INamedTypeSymbol named && named.OriginalDefinition is { } definition
        && (Same(definition, Task) || Same(definition, TaskOfT) || Same(definition, ValueTask) || Same(definition, ValueTaskOfT));

    public bool IsValueTask(ITypeSymbol? type) => type is INamedTypeSymbol named && named.OriginalDefinition is { } definition
        && (Same(definition, ValueTask) || Same(definition, ValueTaskOfT));

    public bool IsToken(ITypeSymbol? type) => Same(type, CancellationToken);

    /// <summary>Tells whether a delegate parameter is marked with <c>[GoroutineBody]</c>.</summary>
    public bool IsMarkedBody(IParameterSymbol parameter)
    {
        if (_bodyAttribute is null || !MayMark(parameter.ContainingAssembly))
        {
            return false;
        }

        foreach (AttributeData attribute in parameter.OriginalDefinition.GetAttributes())
        {
            if (Same(attribute.AttributeClass, _bodyAttribute))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether an assembly can use the attribute. Reading the attributes of every parameter that takes a delegate, those of LINQ among them, is slow.</summary>
    private bool MayMark(IAssemblySymbol? assembly) => assembly is not null && (bool)_mayMark.GetValue(assembly, static assembly =>
        assembly.Name.StartsWith(LibraryName, StringComparison.Ordinal)
        || assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == LibraryName)));

    /// <summary>Tells whether a member runs as a goroutine because of what it overrides or implements: the body of a hosted service.</summary>
    public bool IsBodyMember(ISymbol member)
    {
        foreach (IMethodSymbol body in _bodyMembers)
        {
            if (member is IMethodSymbol method && (body.ContainingType.TypeKind == TypeKind.Interface
                ? Same(method.ContainingType?.FindImplementationForInterfaceMember(body), method)
                : Overrides(method, body)))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<IAssemblySymbol> Packages(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols.Add(compilation.Assembly).Where(static assembly => assembly.Name.StartsWith(LibraryName, StringComparison.Ordinal));

    private static INamedTypeSymbol? FindIn(IEnumerable<IAssemblySymbol> assemblies, string name)
    {
        foreach (IAssemblySymbol assembly in assemblies)
        {
            if (assembly.GetTypeByMetadataName(name) is { } type)
            {
                return type;
            }
        }

        return null;
    }

    private static bool Overrides(IMethodSymbol method, IMethodSymbol overridden)
    {
        for (IMethodSymbol? current = method.OverriddenMethod; current is not null; current = current.OverriddenMethod)
        {
            if (Same(current, overridden))
            {
                return true;
            }
        }

        return false;
    }

    public static bool Same(ISymbol? one, ISymbol? other) => SymbolEqualityComparer.Default.Equals(one, other);
}
