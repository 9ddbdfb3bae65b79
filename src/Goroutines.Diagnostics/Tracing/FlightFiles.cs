using System.Globalization;

namespace Goroutines.Diagnostics.Tracing;

/// <summary>The files that one flight recorder writes, bounded in number and total size. Not thread-safe.</summary>
internal sealed class FlightFiles(string directory, int mostFiles, long mostBytes, TimeProvider clock)
{
    private readonly Queue<(string Path, long Bytes)> _files = [];
    private long _bytes;
    private int _number;

    /// <summary>Writes a recording, and deletes the oldest files beyond the limits.</summary>
    /// <returns>The path; null if the file could not be written, or alone exceeds the limit on the total size.</returns>
    internal string? Write(FlightTrigger trigger, TraceRecording recording)
    {
        string path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture,
            $"goroutines-{Environment.ProcessId}-{clock.GetUtcNow():yyyyMMdd-HHmmss}-{++_number}-{trigger}.perfetto-trace"));
        try
        {
            Directory.CreateDirectory(directory);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            long length;
            using (FileStream file = new(path, options))
            {
                recording.WritePerfetto(file);
                length = file.Length;
            }

            _files.Enqueue((path, length));
            _bytes += length;
            while (_files.Count > mostFiles || _bytes > mostBytes)
            {
                (string oldest, long bytes) = _files.Dequeue();
                File.Delete(oldest);
                _bytes -= bytes;
            }

            return File.Exists(path) ? path : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a recorder must not disturb what it records
        }
    }
}
