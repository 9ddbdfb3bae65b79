using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Goroutines.AspNetCore.Tests;

/// <summary>A pool of blocks that knows how many are out, and its own factory.</summary>
internal sealed class CountingPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private int _rented;

    internal int Rented => Volatile.Read(ref _rented);

    public override int MaxBufferSize => 4096;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(CountingPool pool) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = new byte[4096];

        public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is null)
            {
                throw new InvalidOperationException("A block was given back twice.");
            }

            Interlocked.Decrement(ref pool._rented);
        }
    }
}
