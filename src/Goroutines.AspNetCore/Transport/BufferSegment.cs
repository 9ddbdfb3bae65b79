using System.Buffers;

namespace Goroutines.AspNetCore.Transport;

/// <summary>One block of a connection's input or output, linked to the next.</summary>
internal sealed class BufferSegment : ReadOnlySequenceSegment<byte>
{
    private IMemoryOwner<byte>? _owner;
    private byte[]? _array;
    private Memory<byte> _all;

    /// <summary>The segment behind this one; <see cref="ReadOnlySequenceSegment{T}.Next"/> with its own type.</summary>
    internal BufferSegment? Following => (BufferSegment?)Next;

    /// <summary>The number of bytes that have been put in.</summary>
    internal int End { get; private set; }

    /// <summary>The free part behind <see cref="End"/>.</summary>
    internal Memory<byte> Free => _all[End..];

    internal int FreeLength => _all.Length - End;

    /// <summary>The position of the first byte in the whole stream of segments.</summary>
    internal long Position => RunningIndex;

    /// <summary>Rents a block from the pool, or an array if the pool's blocks are too small.</summary>
    internal void Rent(MemoryPool<byte> pool, int least)
    {
        if (least <= pool.MaxBufferSize)
        {
            _owner = pool.Rent(Math.Max(least, -1));
            _all = _owner.Memory;
        }
        else
        {
            _array = ArrayPool<byte>.Shared.Rent(least);
            _all = _array;
        }
    }

    /// <summary>Records that bytes have been put in.</summary>
    internal void Add(int count)
    {
        End += count;
        Memory = _all[..End];
    }

    /// <summary>Links a segment behind this one. This one gets no more bytes.</summary>
    internal void Append(BufferSegment next)
    {
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }

    /// <summary>Returns the block to its pool, and unlinks the next segment.</summary>
    internal void Release()
    {
        _owner?.Dispose();
        _owner = null;
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        _all = default;
        Memory = default;
        Next = null;
        RunningIndex = 0;
        End = 0;
    }
}
