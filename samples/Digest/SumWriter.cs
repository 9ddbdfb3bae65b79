using System.Text;
using Goroutines;
using Microsoft.Win32.SafeHandles;

namespace Digest;

/// <summary>
/// The program's standard output: whole lines in UTF-8, as they come or ordered at the end. A failure to write is an
/// <see cref="IOException"/> or, with no output at all, an <see cref="UnauthorizedAccessException"/>.
/// Used by one goroutine at a time.
/// </summary>
internal sealed class SumWriter : IDisposable
{
    private const int FlushSize = 64 * 1024;

    private readonly Stream _output = Open();
    private readonly MemoryStream _pending = new();
    private readonly List<(byte[] Path, byte[] Line)>? _kept;

    internal SumWriter(bool sort)
    {
        _kept = sort ? [] : null;
    }

    public void Dispose() => _output.Dispose();

    internal void Add(string hash, string path)
    {
        var line = Encoding.UTF8.GetBytes(SumLine.Format(hash, path));
        if (_kept is not null)
        {
            _kept.Add((Encoding.UTF8.GetBytes(path), line));
            return;
        }

        _pending.Write(line);
        if (_pending.Length >= FlushSize)
        {
            Flush();
        }
    }

    /// <summary>Hands on what was added, unless it is kept for ordering.</summary>
    internal void Flush()
    {
        if (_pending.Length == 0)
        {
            return;
        }

        using (Go.EnterBlocking())
        {
            _pending.WriteTo(_output);
            _output.Flush();
        }

        _pending.SetLength(0);
    }

    /// <summary>Writes what was kept, in the order of the paths' bytes, and flushes.</summary>
    internal void Finish()
    {
        if (_kept is not null)
        {
            _kept.Sort(static (a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
            foreach (var (_, line) in _kept)
            {
                _pending.Write(line);
            }

            _kept.Clear();
        }

        Flush();
    }

    /// <summary>
    /// The console's stream takes a broken pipe for success, and this program would hash on for nobody; a file stream
    /// over the pipe reports it. For a file it is the other way round: a file stream has a position of its own, and
    /// would overwrite what others write to the same output.
    /// </summary>
    private static Stream Open()
    {
        if (!OperatingSystem.IsWindows())
        {
            try
            {
                var stream = new FileStream(
                    new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0, isAsync: false);
                if (!stream.CanSeek)
                {
                    return stream;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // No usable handle: let the console decide.
            }
        }

        return Console.OpenStandardOutput();
    }
}
