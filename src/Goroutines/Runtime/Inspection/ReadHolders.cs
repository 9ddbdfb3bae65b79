namespace Goroutines.Runtime;

/// <summary>The holders of a read-write lock, while holders are tracked. Created when the first hold is recorded.</summary>
/// <remarks><c>_lock</c> guards the list of readers. The thread that ends a hold removes the reader's word, even if tracking is off by then. Words of earlier
/// epochs are never read.</remarks>
internal sealed class ReadHolders
{
    private readonly List<long> _readers = [];
    private SpinMutex _lock;
    private long _writer;
    private long _firstReader;

    internal void NoteWriter(G? g) => HolderTracking.Note(ref _writer, g);

    /// <summary>Notes the reader that found the lock free. Its word stays when its hold ends: the lock's state says whether there is such a reader.</summary>
    internal void NoteFirstReader(G? g) => HolderTracking.Note(ref _firstReader, g);

    internal void AddReader(long word)
    {
        _lock.Enter();
        try
        {
            _readers.Add(word);
        }
        finally
        {
            _lock.Exit();
        }
    }

    internal void RemoveReader(long word)
    {
        _lock.Enter();
        int index = _readers.IndexOf(word);
        if (index >= 0)
        {
            _readers[index] = _readers[^1];
            _readers.RemoveAt(_readers.Count - 1);
        }

        _lock.Exit();
    }

    internal long[] Writers() => HolderTracking.Known(HolderTracking.Read(ref _writer));

    /// <param name="hasFirst">Whether a reader that found the lock free still holds it.</param>
    internal long[] Readers(bool hasFirst)
    {
        _lock.Enter();
        long[] words;
        try
        {
            words = [.. _readers];
        }
        finally
        {
            _lock.Exit();
        }

        if (hasFirst)
        {
            words = [Volatile.Read(ref _firstReader), .. words];
        }

        return [.. words.Select(static word => HolderTracking.Read(ref word)).Where(static mark => mark != 0)];
    }
}
