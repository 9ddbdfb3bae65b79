namespace MiniRedis;

/// <summary>A list that grows and shrinks at both ends in constant time: a ring.</summary>
internal sealed class ItemList
{
    private byte[][] _items = new byte[8][];
    private int _first;

    public int Count { get; private set; }

    public byte[] this[int index] => _items[(_first + index) & (_items.Length - 1)];

    public void AddFirst(byte[] item)
    {
        MakeRoom();
        _first = (_first - 1) & (_items.Length - 1);
        _items[_first] = item;
        Count++;
    }

    public void AddLast(byte[] item)
    {
        MakeRoom();
        _items[(_first + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    public byte[] Remove(bool first)
    {
        int place = first ? _first : (_first + Count - 1) & (_items.Length - 1);
        byte[] item = _items[place];
        _items[place] = null!;
        _first = first ? (_first + 1) & (_items.Length - 1) : _first;
        Count--;
        return item;
    }

    private void MakeRoom()
    {
        if (Count == _items.Length)
        {
            var larger = new byte[Count * 2][];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            _items = larger;
            _first = 0;
        }
    }
}
