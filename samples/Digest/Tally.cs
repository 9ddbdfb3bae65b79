using System.Diagnostics;
using System.Globalization;

namespace Digest;

/// <summary>The counts of a run, and its last line.</summary>
internal sealed class Tally
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _files;
    private long _bytes;
    private long _special;
    private long _links;

    /// <summary>Files and folders that could not be read.</summary>
    internal long Failed { get; private set; }

    internal void Count(in Outcome outcome)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Hashed:
                _files++;
                _bytes += outcome.Bytes;
                break;
            case OutcomeKind.Failed:
                Failed++;
                break;
            case OutcomeKind.Special:
                _special++;
                break;
            case OutcomeKind.Link:
                _links++;
                break;
        }
    }

    public override string ToString()
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_files} files, {_bytes / (1024.0 * 1024.0):F1} MiB in {seconds:F1} s; {Failed} failed, {_special} special files and {_links} symbolic links skipped");
    }
}
