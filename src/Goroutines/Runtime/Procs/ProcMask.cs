using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Goroutines.Runtime;

/// <summary>A set of Ps (runtime/proc.go: <c>pMask</c>). A search goes through its members and not through all Ps.</summary>
/// <remarks>Any thread may add, remove and enumerate. Ps with numbers beyond <see cref="Capacity"/> are members always.</remarks>
internal readonly struct ProcMask()
{
    /// <summary>The number of Ps that are told apart: as many as MaxProcs allows. Beyond are only Ps that stand beside stuck ones.</summary>
    internal const int Capacity = Scheduler.MaxProcsLimit;

    private const int BitsPerWord = 64;

    private readonly ulong[] _words = new ulong[Capacity / BitsPerWord];

    /// <summary>Adds a P. A full fence.</summary>
    internal void Add(P p)
    {
        if ((uint)p.Id < Capacity)
        {
            Interlocked.Or(ref _words[p.Id / BitsPerWord], 1UL << (p.Id % BitsPerWord));
        }
    }

    /// <summary>Removes a P. A full fence.</summary>
    internal void Remove(P p)
    {
        if ((uint)p.Id < Capacity)
        {
            Interlocked.And(ref _words[p.Id / BitsPerWord], ~(1UL << (p.Id % BitsPerWord)));
        }
    }

    internal bool Has(P p) => (uint)p.Id >= Capacity || (Volatile.Read(ref _words[p.Id / BitsPerWord]) & (1UL << (p.Id % BitsPerWord))) != 0;

    /// <summary>Enumerates the members, from a number on and then from the beginning.</summary>
    /// <param name="procs">All Ps.</param>
    /// <param name="first">The number to begin with. It has to be that of a P.</param>
    internal Enumerator From(int first, [UnscopedRef] in ProcSet procs) => new(_words, first, procs);

    /// <summary>Reads each word when it comes to it, and the table of Ps after that: a P is in the table before it becomes a member.</summary>
    internal ref struct Enumerator
    {
        private readonly ref readonly ProcSet _procs;
        private readonly ulong[] _words;
        private readonly int _count;
        private readonly int _last;
        private readonly int _firstWord;
        private readonly ulong _fromFirst;
        private int _step;
        private int _base;
        private ulong _left;
        private int _beyond = Capacity;

        internal Enumerator(ulong[] words, int first, in ProcSet procs)
        {
            _procs = ref procs;
            _words = words;
            _count = (Math.Min(procs.All.Length, Capacity) + BitsPerWord - 1) / BitsPerWord;
            first = first < Capacity ? first : 0;
            _firstWord = first / BitsPerWord;
            _fromFirst = ulong.MaxValue << (first % BitsPerWord);
            _last = first % BitsPerWord == 0 ? _count - 1 : _count;
        }

        public P Current { get; private set; } = null!;

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_left == 0)
            {
                if (_step > _last)
                {
                    P[] all = _procs.All;
                    if (_beyond >= all.Length)
                    {
                        return false;
                    }

                    Current = all[_beyond++];
                    return true;
                }

                // The first word is read twice: for the members from the first on, and at the end for those before it, if there are any.
                int word = (_firstWord + _step) % _count;
                ulong members = Volatile.Read(ref _words[word]);
                _left = _step == 0 ? members & _fromFirst : _step == _count ? members & ~_fromFirst : members;
                _base = word * BitsPerWord;
                _step++;
            }

            int index = _base + BitOperations.TrailingZeroCount(_left);
            _left &= _left - 1;
            Current = _procs.All[index];
            return true;
        }
    }
}
