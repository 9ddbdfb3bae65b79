using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.Race;

/// <summary>Associates a value with each object, for as long as the object lives.</summary>
/// <remarks>It does what <see cref="ConditionalWeakTable{TKey, TValue}"/> does, without a monitor: it is used under locks of the library, and by goroutines, where
/// a wait for a monitor calls back into the scheduler.</remarks>
/// <typeparam name="TKey">The type of the objects.</typeparam>
/// <typeparam name="TValue">The type of the values. A value may refer to its object.</typeparam>
internal sealed class IdentityTable<TKey, TValue>
    where TKey : class
    where TValue : class
{
    private const int ShardCount = 64;

    private readonly Shard[] _shards = new Shard[ShardCount];

    internal IdentityTable()
    {
        for (int i = 0; i < ShardCount; i++)
        {
            _shards[i] = new Shard();
        }
    }

    internal bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        int hash = RuntimeHelpers.GetHashCode(key);
        return (value = _shards[hash & (ShardCount - 1)].Find(key, hash)) is not null;
    }

    /// <summary>Returns the value of an object. If there is none, makes one.</summary>
    internal TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        int hash = RuntimeHelpers.GetHashCode(key);
        Shard shard = _shards[hash & (ShardCount - 1)];
        return shard.Find(key, hash) ?? shard.Set(key, hash, make(key), replaces: false);
    }

    internal void Set(TKey key, TValue value)
    {
        int hash = RuntimeHelpers.GetHashCode(key);
        _shards[hash & (ShardCount - 1)].Set(key, hash, value, replaces: true);
    }

    /// <summary>The objects of some hash codes: chains in an array. The entries of objects that are gone are freed at the first addition after
    /// a collection of everything: each collection looks at each handle there is.</summary>
    private sealed class Shard
    {
        private SpinMutex _lock;
        private int[] _heads = [-1, -1, -1, -1];
        private Entry[] _entries = new Entry[4];
        private int _count;
        private int _free = -1;
        private int _freeCount;

        /// <summary>The number of collections of everything at the last sweep.</summary>
        private int _collections;

        internal TValue? Find(TKey key, int hash)
        {
            _lock.Enter();
            int index = IndexOf(key, hash);
            TValue? found = index < 0 ? null : Unsafe.As<TValue?>(_entries[index].Handle.Dependent);
            _lock.Exit();
            return found;
        }

        /// <summary>Adds a value, and returns the one that the object has then.</summary>
        internal TValue Set(TKey key, int hash, TValue value, bool replaces)
        {
            _lock.Enter();
            try
            {
                int index = IndexOf(key, hash);
                if (index >= 0)
                {
                    if (!replaces)
                    {
                        return Unsafe.As<TValue>(_entries[index].Handle.Dependent!);
                    }

                    _entries[index].Handle.Dependent = value;
                    return value;
                }

                index = Take();
                ref Entry entry = ref _entries[index];
                entry.Handle = new DependentHandle(key, value);
                entry.Hash = hash;
                Link(index);
                return value;
            }
            finally
            {
                _lock.Exit();
            }
        }

        private int IndexOf(TKey key, int hash)
        {
            int index = _heads[HeadOf(hash)];
            while (index >= 0 && (_entries[index].Hash != hash || !ReferenceEquals(_entries[index].Handle.Target, key)))
            {
                index = _entries[index].Next;
            }

            return index;
        }

        private int Take()
        {
            int collections = GC.CollectionCount(2);
            if (collections != _collections)
            {
                _collections = collections;
                Sweep();
            }

            if (_free < 0 && _count == _entries.Length)
            {
                Sweep();
                Grow();
            }

            if (_free < 0)
            {
                return _count++;
            }

            int taken = _free;
            _free = _entries[taken].Next;
            _freeCount--;
            return taken;
        }

        /// <summary>Frees the entries of objects that are gone.</summary>
        private void Sweep()
        {
            _heads.AsSpan().Fill(-1);
            _free = -1;
            _freeCount = 0;
            for (int i = 0; i < _count; i++)
            {
                ref Entry entry = ref _entries[i];
                if (!entry.Handle.IsAllocated || entry.Handle.Target is null)
                {
                    entry.Handle.Dispose();
                    entry.Next = _free;
                    _free = i;
                    _freeCount++;
                }
                else
                {
                    Link(i);
                }
            }
        }

        /// <summary>Doubles the room of a shard that is full, unless a quarter of it is free.</summary>
        private void Grow()
        {
            if (_freeCount >= _entries.Length / 4)
            {
                return;
            }

            Array.Resize(ref _entries, 2 * _entries.Length);
            _heads = new int[_entries.Length];
            _heads.AsSpan().Fill(-1);
            for (int i = 0; i < _count; i++)
            {
                if (_entries[i].Handle.IsAllocated)
                {
                    Link(i);
                }
            }
        }

        private void Link(int index)
        {
            ref Entry entry = ref _entries[index];
            ref int head = ref _heads[HeadOf(entry.Hash)];
            entry.Next = head;
            head = index;
        }

        private int HeadOf(int hash) => (hash / ShardCount) & (_heads.Length - 1);
    }

    private struct Entry
    {
        internal DependentHandle Handle;
        internal int Hash;
        internal int Next;
    }
}
