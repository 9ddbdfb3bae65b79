using System.Runtime.InteropServices;

namespace MiniRedis;

// Lists.
internal sealed partial class Commands
{
    private void Push(List<byte[]> arguments, bool first, RespWriter writer)
    {
        if (database.Push(Text(arguments[1]), CollectionsMarshal.AsSpan(arguments)[2..], first) is { } length)
        {
            writer.Number(length);
        }
        else
        {
            writer.Error(WrongType);
        }
    }

    private void Pop(List<byte[]> arguments, bool first, RespWriter writer) => WithList(arguments[1], writer, list =>
    {
        string key = Text(arguments[1]);
        if (arguments.Count == 2)
        {
            writer.Bulk(database.Pop(key, first));
        }
        else if (!TryNumber(arguments[2], out long count) || count < 0)
        {
            writer.Error("ERR value is out of range, must be positive");
        }
        else if (list is null)
        {
            writer.NoArray();
        }
        else
        {
            int popped = (int)Math.Min(count, list.Count);
            writer.Array(popped);
            for (int i = 0; i < popped; i++)
            {
                writer.Bulk(database.Pop(key, first));
            }
        }
    });

    private static void Range(ItemList? list, long from, long to, RespWriter writer)
    {
        int count = list?.Count ?? 0;
        from = Math.Max(from < 0 ? from + count : from, 0);
        to = Math.Min(to < 0 ? to + count : to, count - 1);
        writer.Array((int)Math.Max(to - from + 1, 0));
        for (long i = from; i <= to; i++)
        {
            writer.Bulk(list![(int)i]);
        }
    }

    private static byte[]? ItemAt(ItemList? list, long index)
    {
        int count = list?.Count ?? 0;
        index = index < 0 ? index + count : index;
        return index >= 0 && index < count ? list![(int)index] : null;
    }
}
