using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Goroutines.Race.Rewriter;

/// <summary>Rewrites one assembly.</summary>
internal sealed class AssemblyRewriter : IDisposable
{
    private const string Ignore = "Goroutines.Race.RaceIgnoreAttribute";
    private const string Resource = "Goroutines.Race.sites";

    private readonly AssemblyDefinition _assembly;
    private readonly RaceMethods _methods;
    private readonly SiteList _sites;
    private readonly bool _hasSymbols;
    private readonly int _number;

    internal AssemblyRewriter(string input, AssemblyDefinition race, IAssemblyResolver resolver, int number)
    {
        _number = number;
        _sites = new SiteList(number);
        _assembly = AssemblyDefinition.ReadAssembly(input, new ReaderParameters
        {
            AssemblyResolver = resolver,
            InMemory = true,
            ReadSymbols = true,
            SymbolReaderProvider = new DefaultSymbolReaderProvider(throwIfNoSymbol: false),
        });
        if (_assembly.MainModule.Resources.Any(static resource => resource.Name == Resource))
        {
            throw new InvalidOperationException($"{input} is rewritten already.");
        }

        _hasSymbols = _assembly.MainModule.HasSymbols;
        _methods = new RaceMethods(_assembly.MainModule, race);
    }

    internal int SiteCount => _sites.Count;

    internal static bool IsIgnored(ICustomAttributeProvider member)
        => member.HasCustomAttributes && member.CustomAttributes.Any(static attribute => attribute.AttributeType.FullName == Ignore);

    internal void Run()
    {
        if (!IsIgnored(_assembly))
        {
            CapturedLocals captured = new(_assembly.MainModule);
            foreach (TypeDefinition type in _assembly.MainModule.GetTypes().ToArray())
            {
                if (IsCompilersCache(type) || IsIgnored(type))
                {
                    continue;
                }

                FieldReference? kept = StateMachine.TryAddField(type);
                foreach (MethodDefinition method in type.Methods.Where(static method => method.HasBody && !IsIgnored(method)).ToArray())
                {
                    new MethodRewriter(method, _methods, _sites, captured, kept).Run();
                }
            }
        }

        BeginFirst();
        _assembly.MainModule.Resources.Add(new EmbeddedResource(Resource, ManifestResourceAttributes.Public, _sites.ToBytes()));
    }

    internal void Write(string output) => _assembly.Write(output, new WriterParameters
    {
        WriteSymbols = _hasSymbols,
        SymbolWriterProvider = new PortablePdbWriterProvider(),
    });

    public void Dispose() => _assembly.Dispose();

    private static bool IsCompilersCache(TypeDefinition type) => type.Name is "<Module>" or "<>O" || type.FullName.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal);

    /// <summary>Switches the detector on before any other code of the module runs.</summary>
    private void BeginFirst()
    {
        ModuleDefinition module = _assembly.MainModule;
        TypeDefinition global = module.Types.Single(static type => type.Name == "<Module>");
        MethodDefinition? initializer = global.Methods.SingleOrDefault(static method => method.Name == ".cctor");
        if (initializer is null)
        {
            initializer = new MethodDefinition(
                ".cctor",
                MethodAttributes.Private | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName | MethodAttributes.Static,
                module.TypeSystem.Void);
            initializer.Body.GetILProcessor().Emit(OpCodes.Ret);
            global.Methods.Add(initializer);
        }

        TypeDefinition any = module.Types.First(static type => type.Name != "<Module>");
        ILProcessor il = initializer.Body.GetILProcessor();
        Instruction first = initializer.Body.Instructions[0];
        il.InsertBefore(first, il.Create(OpCodes.Ldc_I4, _number));
        il.InsertBefore(first, il.Create(OpCodes.Ldtoken, any));
        il.InsertBefore(first, il.Create(OpCodes.Call, _methods.Get("Begin")));
    }
}
