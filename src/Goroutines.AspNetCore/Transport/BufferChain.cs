using System.Buffers;

namespace Goroutines.AspNetCore.Transport;

/// <summary>The blocks of one direction of a connection, in order. One thread at a time uses a chain.</summary>
/// <remarks>An empty chain holds no block.</remarks>
internal struct BufferChain(MemoryPool<byte> pool)
{
    private BufferSegment? _spare;

    /// <summary>The block with the first byte, or null.</summary>
    internal BufferSegment? Head { get; private set; }

    /// <summary>The block with the last byte, or null.</summary>
    internal BufferSegment? Tail { get; private set; }

    /// <summary>The index of the first byte in <see cref="Head"/>.</summary>
    internal int HeadIndex { get; private set; }

    /// <summary>The number of bytes.</summary>
    internal readonly long Length => Head is null ? 0 : Tail!.Position + Tail.End - Head.Position - HeadIndex;

    /// <summary>Adds a block of at least <paramref name="least"/> bytes; 0 means the pool's usual size.</summary>
    internal void AddBlock(int least = 0)
    {
        BufferSegment segment = _spare ?? new BufferSegment();
        _spare = null;
        segment.Rent(pool, least == 0 ? -1 : least);
        if (Tail is null)
        {
            Head = Tail = segment;
            HeadIndex = 0;
        }
        else
        {
            Tail.Append(segment);
            Tail = segment;
        }
    }

    /// <summary>Makes byte <paramref name="index"/> of <paramref name="segment"/> the first. The blocks before it are freed.</summary>
    /// <exception cref="InvalidOperationException">The segment is not in this chain.</exception>
    internal void AdvanceTo(BufferSegment segment, int index)
    {
        while (!ReferenceEquals(Head, segment))
        {
            Head = FreeBlock(Head!) ?? throw new InvalidOperationException("The position is none of this input.");
        }

        HeadIndex = index;
        if (ReferenceEquals(Head, Tail) && HeadIndex == Tail!.End)
        {
            Clear();
        }
    }

    /// <summary>Removes bytes from the front, and frees each block whose last byte is removed.</summary>
    internal void Remove(int count)
    {
        while (Head is { } head)
        {
            int left = head.End - HeadIndex;
            if (count < left)
            {
                HeadIndex += count;
                return;
            }

            count -= left;
            HeadIndex = 0;
            Head = FreeBlock(head);
        }

        Tail = null;
    }

    /// <summary>Frees all blocks.</summary>
    internal void Clear()
    {
        while (Head is { } head)
        {
            Head = FreeBlock(head);
        }

        Tail = null;
        HeadIndex = 0;
    }

    /// <returns>The block behind the freed one.</returns>
    private BufferSegment? FreeBlock(BufferSegment segment)
    {
        BufferSegment? next = segment.Following;
        segment.Release();
        _spare ??= segment;
        return next;
    }
}
