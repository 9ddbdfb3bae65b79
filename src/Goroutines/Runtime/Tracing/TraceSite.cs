namespace Goroutines.Runtime;

/// <summary>Where goroutines are created, and what they run.</summary>
/// <param name="Number">Its number in this process, from 1.</param>
/// <param name="Name">The method of the body.</param>
/// <param name="File">The source file of the caller that started them; empty where it is unknown.</param>
/// <param name="Line">The line; 0 where it is unknown.</param>
internal sealed record TraceSite(ushort Number, string Name, string File, int Line)
{
    /// <summary>What stands for those that are not known, or of which there are too many.</summary>
    internal static readonly TraceSite Unknown = new(0, "(unknown)", "", 0);
}
