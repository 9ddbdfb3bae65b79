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

    /// <summary>The objects of some hash codes: chains in an array. The entries of objects that are gone are used again when there is no free one.</summary>
    private sealed class Shard
    {
        private SpinMutex _lock;
        private int[] _heads = [-1, -1, -1, -1];
        private Entry[] _entries = new Entry[4];
        private int _count;
        private int _free = -1;

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
            if (_free < 0 && _count == _entries.Length)
            {
                Sweep();
            }

            if (_free < 0)
            {
                return _count++;
            }

            int taken = _free;
            _free = _entries[taken].Next;
            return taken;
        }

        /// <summary>Frees the entries of objects that are gone. Doubles the room if that yields less than a quarter of it.</summary>
        private void Sweep()
        {
            int freed = 0;
            int length = _entries.Length;
            for (int i = 0; i < length; i++)
            {
                freed += _entries[i].Handle.Target is null ? 1 : 0;
            }

            if (freed < length / 4)
            {
                Array.Resize(ref _entries, 2 * length);
                _heads = new int[2 * length];
            }

            _heads.AsSpan().Fill(-1);
            for (int i = 0; i < length; i++)
            {
                ref Entry entry = ref _entries[i];
                if (entry.Handle.Target is null)
                {
                    entry.Handle.Dispose();
                    entry.Next = _free;
                    _free = i;
                }
                else
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
