namespace Digest;

/// <summary>What became of one entry of the tree.</summary>
internal enum OutcomeKind
{
    /// <summary>A file; the detail is its hash in hexadecimal.</summary>
    Hashed,

    /// <summary>A file or folder that could not be read; the detail says why.</summary>
    Failed,

    /// <summary>A pipe, socket or device; the detail says which.</summary>
    Special,

    /// <summary>A symbolic link; no detail.</summary>
    Link,
}

/// <summary>A message to the collector.</summary>
internal readonly record struct Outcome(OutcomeKind Kind, string Path, string Detail, long Bytes = 0)
{
    internal static Outcome Failure(string path, Exception exception)
    {
        return new Outcome(OutcomeKind.Failed, path, exception switch
        {
            UnauthorizedAccessException => "permission denied",
            FileNotFoundException or DirectoryNotFoundException => "no such file (gone, or a name that is not UTF-8)",
            PathTooLongException => "path too long",
            _ => exception.Message,
        });
    }
}
