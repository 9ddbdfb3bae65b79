using Mono.Cecil;

namespace ModelRewriter;

/// <summary>Rewrites the methods of one assembly and lists the places it has changed.</summary>
/// <remarks>
/// Left alone are static constructors, which run once and not in every execution, and the fields of compiler-generated
/// classes, which only the framework's own machinery hands from thread to thread.
/// </remarks>
internal sealed class AssemblyRewriter : IDisposable
{
    private readonly AssemblyDefinition _library;
    private readonly AssemblyDefinition _runtime;
    private readonly SiteList _sites = new();

    internal AssemblyRewriter(string library, string runtime)
    {
        DefaultAssemblyResolver resolver = new();
        resolver.AddSearchDirectory(Path.GetDirectoryName(Path.GetFullPath(runtime)));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        ReaderParameters parameters = new() { AssemblyResolver = resolver, InMemory = true };
        _library = AssemblyDefinition.ReadAssembly(library, parameters);
        _runtime = AssemblyDefinition.ReadAssembly(runtime, parameters);
    }

    internal int SiteCount => _sites.Count;

    /// <summary>How many limits have another value than in the library.</summary>
    internal int ModelValueCount { get; private set; }

    internal void Run()
    {
        ModelValueCount = ModelValues.Apply(_library.MainModule);
        RuntimeMethods runtime = new(_library.MainModule, _runtime);
        foreach (TypeDefinition type in _library.MainModule.GetTypes())
        {
            foreach (MethodDefinition method in type.Methods)
            {
                if (method.HasBody && !(method.IsConstructor && method.IsStatic))
                {
                    new MethodRewriter(method, runtime, _sites).Run();
                }
            }
        }

        Replacements.Apply(_library.MainModule, runtime, _sites);
    }

    internal void Write(string output)
    {
        _library.Write(output);
        _sites.Write(output + ".sites");
    }

    public void Dispose()
    {
        _library.Dispose();
        _runtime.Dispose();
    }
}
