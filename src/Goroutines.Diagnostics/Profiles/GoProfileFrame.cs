namespace Goroutines.Diagnostics;

/// <summary>A method in the stack of a <see cref="GoProfileSample"/>.</summary>
/// <param name="Method">Its name, as <c>Type.Method</c>.</param>
/// <param name="File">For the body of a goroutine, the source file where the goroutine was created, without the folders that all files have in common; empty for other
/// methods, and where it is unknown.</param>
/// <param name="Line">The line there; 0 where it is unknown.</param>
public sealed record GoProfileFrame(string Method, string File, int Line);
