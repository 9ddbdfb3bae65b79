using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>A resource behind a lock: it takes a write only with a token not lower than it has seen.</summary>
internal sealed class FencedStore
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _tokens = [];
    private Lease? _holder;
    private long _highest;
    private int _writes;
    private int _refused;

    internal int Writes
    {
        get
        {
            lock (_gate)
            {
                return _writes;
            }
        }
    }

    /// <summary>Takes note of a lease that was just taken. Its token is the greatest, and no other member of this process believes that it holds it.</summary>
    internal void Taken(Lease lease)
    {
        lock (_gate)
        {
            Assert.True(_tokens.Add(lease.Token), $"token {lease.Token} was given out twice");
            Assert.True(_tokens.Max() == lease.Token, $"token {lease.Token} after {_tokens.Max()}");
            Assert.False(_holder is { IsHeld: true }, $"two hold the lock at a time, with the tokens {_holder?.Token} and {lease.Token}");
            _holder = lease;
        }
    }

    internal void Write(long token)
    {
        lock (_gate)
        {
            if (token < _highest)
            {
                _refused++;
                return;
            }

            _highest = token;
            _writes++;
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return $"{_tokens.Count} leases, {_writes} fenced writes, {_refused} refused";
        }
    }
}
