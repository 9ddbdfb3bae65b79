using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

public sealed class CreationSiteTests
{
    [Fact]
    public void Of_SamePlaceTwice_SameObject()
    {
        CreationSite? first = CreationSite.Of("same.cs", 3);

        Assert.Same(first, CreationSite.Of("same.cs", 3));
    }

    /// <summary>The table is small: sites share its places, but never each other's files and lines.</summary>
    [Fact]
    public void Of_ManyPlaces_EachItsOwnFileAndLine()
    {
        string[] files = [.. Enumerable.Range(0, 20).Select(static i => $"file{new string('x', i)}.cs")];
        for (int round = 0; round < 2; round++)
        {
            foreach (string file in files)
            {
                for (int line = 1; line < 600; line++)
                {
                    CreationSite site = CreationSite.Of(file, line)!;
                    Assert.True(site.File == file && site.Line == line, $"{file}:{line} became {site.File}:{site.Line}.");
                }
            }
        }
    }

    [Fact]
    public void Of_NoFile_Null() => Assert.Null(CreationSite.Of(null, 3));
}
