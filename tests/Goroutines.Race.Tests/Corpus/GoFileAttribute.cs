namespace Goroutines.Race.Tests.Corpus;

/// <summary>Marks a class whose static methods without parameters are ports of the programs in a file of Go's <c>runtime/race/testdata</c>, by the same names without "Test".</summary>
/// <param name="file">The name of the file.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class GoFileAttribute(string file) : Attribute
{
    internal string File => file;
}
