namespace Goroutines.Runtime;

/// <summary>The file and line of a statement that creates goroutines, which all of its goroutines share.</summary>
/// <remarks>
/// <see cref="Of"/> looks in a small table, in which each site has one place. Two sites with the same place take it from each other, so nothing
/// accumulates, and no lock is needed: a caller that finds another site there makes a new object. Volatile.Write publishes the object's fields.
/// </remarks>
internal sealed class CreationSite
{
    private const int Places = 256;

    private static readonly CreationSite?[] s_recent = new CreationSite?[Places];

    internal readonly string File;
    internal readonly int Line;

    private CreationSite(string file, int line)
    {
        File = file;
        Line = line;
    }

    /// <returns>The site; null if the file is not known.</returns>
    internal static CreationSite? Of(string? file, int line)
    {
        if (file is null)
        {
            return null;
        }

        ref CreationSite? place = ref s_recent[(line + (file.Length * 7)) & (Places - 1)];
        CreationSite? site = Volatile.Read(ref place);
        if (site is null || site.Line != line || !ReferenceEquals(site.File, file))
        {
            site = new CreationSite(file, line);
            Volatile.Write(ref place, site);
        }

        return site;
    }
}
