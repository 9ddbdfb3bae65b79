using System.Numerics;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>The epochs of all slots, in chunks. Many clocks share one base; from then on nothing changes it.</summary>
/// <remarks>
/// <para><b>Sharing.</b> A base that one clock alone has may be written in place. A copy has the chunks in common with the one it was copied from, and
/// copies a chunk before it first writes it. So a clock that learns of one strand copies the list of chunks and one chunk, not a thousand epochs.</para>
/// <para><b>Threads.</b> The lock of the object to which the clock belongs is held by writers. Readers without it see a base that was right at an earlier moment.</para>
/// </remarks>
internal sealed class ClockBase
{
    private const int ChunkBits = 5;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly long[]?[] _chunks;

    /// <summary>The chunks that no other base has, one bit for each.</summary>
    private uint _own;

    private ClockStamp? _stamp;

    internal ClockBase(int slots) => _chunks = new long[(slots + ChunkLength - 1) >> ChunkBits][];

    private ClockBase(ClockBase from, int slots)
    {
        _chunks = new long[Math.Max((slots + ChunkLength - 1) >> ChunkBits, from._chunks.Length)][];
        from._chunks.CopyTo(_chunks, 0);
    }

    /// <summary>Says who knows everything in this base; null if that is not known. Set once, after the last change.</summary>
    internal ClockStamp? Stamp
    {
        get => Volatile.Read(ref _stamp);
        set => Volatile.Write(ref _stamp, value);
    }

    internal long this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            long[]?[] chunks = _chunks;
            int chunk = slot >> ChunkBits;
            return (uint)chunk < (uint)chunks.Length && Volatile.Read(ref chunks[chunk]) is { } epochs ? epochs[slot & (ChunkLength - 1)] : 0;
        }
    }

    internal ClockBase Copy(int slots) => new(this, slots);

    internal bool HasRoomFor(int slot) => slot >> ChunkBits < _chunks.Length;

    /// <summary>Sets an epoch, unless a later one is known. Called only while one clock alone has the base.</summary>
    internal void Raise(int slot, long epoch)
    {
        if (this[slot] < epoch)
        {
            OwnChunk(slot >> ChunkBits)[slot & (ChunkLength - 1)] = epoch;
        }
    }

    /// <summary>Whether this base has an epoch that <paramref name="other"/> lacks.</summary>
    internal bool Exceeds(ClockBase other)
    {
        for (int i = 0; i < _chunks.Length; i++)
        {
            if (_chunks[i] is { } mine && (i >= other._chunks.Length || other._chunks[i] is not { } theirs || (!ReferenceEquals(mine, theirs) && Exceeds(mine, theirs))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the later epoch of each slot. Called only while one clock alone has the base, and it has room.</summary>
    internal void Merge(ClockBase other)
    {
        for (int i = 0; i < other._chunks.Length; i++)
        {
            if (other._chunks[i] is not { } theirs || ReferenceEquals(theirs, _chunks[i]))
            {
                continue;
            }

            if (_chunks[i] is not { } mine || !Exceeds(mine, theirs))
            {
                Volatile.Write(ref _chunks[i], theirs);
                _own &= ~(1u << i);
            }
            else if (Exceeds(theirs, mine))
            {
                long[] own = OwnChunk(i);
                for (int slot = 0; slot < ChunkLength; slot++)
                {
                    own[slot] = Math.Max(own[slot], theirs[slot]);
                }
            }
        }
    }

    internal int Slots => _chunks.Length << ChunkBits;

    private static bool Exceeds(long[] mine, long[] theirs)
    {
        for (int i = 0; i < ChunkLength; i += Vector<long>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<long>(mine, i), new Vector<long>(theirs, i)))
            {
                return true;
            }
        }

        return false;
    }

    private long[] OwnChunk(int chunk)
    {
        long[]? epochs = _chunks[chunk];
        if (epochs is null || (_own & (1u << chunk)) == 0)
        {
            epochs = epochs is null ? new long[ChunkLength] : (long[])epochs.Clone();
            Volatile.Write(ref _chunks[chunk], epochs);
            _own |= 1u << chunk;
        }

        return epochs;
    }
}
