namespace Goroutines.Diagnostics;

/// <summary>A method in the stack of a <see cref="GoProfileSample"/>.</summary>
/// <param name="Method">The method's name, as <c>Type.Method</c>.</param>
/// <param name="File">For the body of a goroutine, the source file where the goroutine was created, without the folders that all files have
/// in common. It is empty for other methods and if unknown.</param>
/// <param name="Line">The line in the file; 0 if unknown.</param>
public sealed record GoProfileFrame(string Method, string File, int Line);
