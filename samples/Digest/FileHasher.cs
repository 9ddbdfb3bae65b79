using System.Buffers;
using System.Security.Cryptography;
using Goroutines;
using Microsoft.Win32.SafeHandles;

namespace Digest;

/// <summary>
/// Hashes one file after the other, with one buffer. What may wait for the disk runs in a blocking region, so that the
/// processor goes to another goroutine meanwhile; the hashing itself, which computes, runs outside of it.
/// Used by one goroutine at a time.
/// </summary>
internal sealed class FileHasher : IDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    /// <summary>The outcome for the file at <paramref name="path"/>: its hash, or why it could not be read.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two reads.</exception>
    internal async ValueTask<Outcome> HashAsync(
        string path, Action<long>? progress, CancellationToken cancellationToken)
    {
        long position = 0;
        try
        {
            using var file = Open(path);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Read(file, position);
                if (count == 0)
                {
                    return new Outcome(
                        OutcomeKind.Hashed, path, Convert.ToHexStringLower(_hash.GetHashAndReset()), position);
                }

                _hash.AppendData(_buffer, 0, count);
                position += count;
                progress?.Invoke(count);
                await Go.Yield(); // a big file gives way to other goroutines after each piece
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _hash.GetHashAndReset();
            return Outcome.Failure(path, e);
        }
    }

    private static SafeFileHandle Open(string path)
    {
        using (Go.EnterBlocking())
        {
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
    }

    private int Read(SafeFileHandle file, long position)
    {
        using (Go.EnterBlocking())
        {
            return RandomAccess.Read(file, _buffer, position);
        }
    }
}
