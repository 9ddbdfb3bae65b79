namespace Digest;

/// <summary>What the command line asked for.</summary>
/// <param name="Root">The folder to hash, as it was given: the paths in the output begin with it.</param>
/// <param name="Workers">Number of goroutines that read and hash.</param>
/// <param name="Sort">Whether the lines come ordered by path, at the end, instead of as the files are done.</param>
/// <param name="Quiet">Whether to leave out progress bar and summary.</param>
internal sealed record DigestOptions(string Root, int Workers, bool Sort, bool Quiet);
