using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>What became of each value: what was sent must have been handled, be a dead letter, or be left.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _sent = [];
    private readonly HashSet<int> _unknown = [];
    private readonly Dictionary<int, int> _handled = [];
    private readonly HashSet<int> _dead = [];
    private long _mostStored;

    internal int Distinct
    {
        get
        {
            lock (_gate)
            {
                return _handled.Count;
            }
        }
    }

    internal int SentOk
    {
        get
        {
            lock (_gate)
            {
                return _sent.Count;
            }
        }
    }

    internal void Sent(int value)
    {
        lock (_gate)
        {
            Assert.True(_sent.Add(value));
        }
    }

    internal void Unknown(int value)
    {
        lock (_gate)
        {
            _unknown.Add(value);
        }
    }

    internal void Handled(int value)
    {
        lock (_gate)
        {
            _handled[value] = _handled.GetValueOrDefault(value) + 1;
        }
    }

    internal void Dead(int value)
    {
        lock (_gate)
        {
            Assert.True(_dead.Add(value), $"two dead letters of {value}");
        }
    }

    internal void Sample(ClusterChanInfo info)
    {
        lock (_gate)
        {
            _mostStored = Math.Max(_mostStored, info.Stored);
        }
    }

    /// <summary>Adds up, and checks: nothing lost, duplicates bounded, capacity kept.</summary>
    internal string Check(int maxDoubled, long left = 0, long capacity = long.MaxValue)
    {
        lock (_gate)
        {
            int[] lost = [.. _sent.Where(value => !_handled.ContainsKey(value) && !_dead.Contains(value))];
            int doubled = _handled.Values.Sum() - _handled.Count;
            string sums = $"sent {_sent.Count}, unknown {_unknown.Count}, handled {_handled.Count}, doubled {doubled}, dead {_dead.Count}, left {left}, "
                + $"lost {lost.Length}, most stored {_mostStored} of {(capacity == long.MaxValue ? "?" : capacity)}";
            Assert.True(lost.Length <= left, $"{sums}: lost {string.Join(", ", lost.Take(20))}");
            Assert.True(doubled <= maxDoubled, $"{sums}: more than {maxDoubled} doubled");
            Assert.True(_mostStored <= capacity, sums);
            Assert.Subset(_sent.Union(_unknown).ToHashSet(), _handled.Keys.ToHashSet());
            return sums;
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return $"sent {_sent.Count}, unknown {_unknown.Count}, handled {_handled.Count}, dead {_dead.Count}";
        }
    }
}
