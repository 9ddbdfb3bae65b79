namespace Goroutines.ModelTests.Model;

/// <summary>A bug planted at one access, named as in the list of sites (<c>Type.Method operation field</c>).</summary>
internal sealed record Plant(PlantKind Kind, string Site)
{
    /// <summary>Leaves a fence or a store out.</summary>
    internal static Plant Drop(string site) => new(PlantKind.Drop, site);

    /// <summary>Makes of an interlocked operation a load and then a store; of a release store a plain one; of an acquire load a plain one, which matters with <see cref="ExplorerOptions.ReorderLoads"/>.</summary>
    internal static Plant Weaken(string site) => new(PlantKind.Weaken, site);

    /// <summary>Makes a load find nothing there: zero, false, null.</summary>
    internal static Plant Blind(string site) => new(PlantKind.Blind, site);

    /// <summary>Makes a load find one, or true.</summary>
    internal static Plant Set(string site) => new(PlantKind.Set, site);
}
