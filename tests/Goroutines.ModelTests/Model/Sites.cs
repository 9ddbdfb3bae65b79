namespace Goroutines.ModelTests.Model;

/// <summary>The accesses that the rewriter has numbered; the list lies beside the library.</summary>
internal static class Sites
{
    private static readonly string[] s_names = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Goroutines.dll.sites"));

    /// <summary>How many there are; as a number of a site, an access of the test itself.</summary>
    internal static int Count => s_names.Length;

    internal static string NameOf(int site) => (uint)site < (uint)s_names.Length ? s_names[site] : "the test";

    /// <summary>What is planted, by site.</summary>
    internal static sbyte[] Resolve(Plant[] plants)
    {
        sbyte[] kinds = new sbyte[s_names.Length + 1];
        foreach (Plant plant in plants)
        {
            int site = Array.IndexOf(s_names, plant.Site);
            if (site < 0)
            {
                throw new ArgumentException($"The library has no access \"{plant.Site}\"; near it: {string.Join(", ", s_names.Where(name => name.StartsWith(plant.Site.Split(' ')[0], StringComparison.Ordinal)))}");
            }

            kinds[site] = (sbyte)plant.Kind;
        }

        return kinds;
    }
}
