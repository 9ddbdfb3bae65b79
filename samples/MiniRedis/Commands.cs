using System.Buffers.Text;
using System.Text;

namespace MiniRedis;

/// <summary>The commands that never wait. Each runs under the database's lock, and so all at once for the other clients.</summary>
internal sealed partial class Commands(Database database, PubSub channels, Statistics statistics)
{
    public const string WrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    private const string NotANumber = "ERR value is not an integer or out of range";

    // The least and the greatest number of arguments, with the name; -1 for any number.
    private static readonly Dictionary<string, (int Least, int Most)> s_arity = new(StringComparer.Ordinal)
    {
        ["PING"] = (1, 2),
        ["ECHO"] = (2, 2),
        ["SELECT"] = (2, 2),
        ["INFO"] = (1, -1),
        ["COMMAND"] = (1, -1),
        ["CLIENT"] = (2, -1),
        ["CONFIG"] = (2, -1),
        ["DBSIZE"] = (1, 1),
        ["FLUSHALL"] = (1, 2),
        ["FLUSHDB"] = (1, 2),
        ["KEYS"] = (2, 2),
        ["EXISTS"] = (2, -1),
        ["DEL"] = (2, -1),
        ["UNLINK"] = (2, -1),
        ["TYPE"] = (2, 2),
        ["GET"] = (2, 2),
        ["SET"] = (3, -1),
        ["SETNX"] = (3, 3),
        ["SETEX"] = (4, 4),
        ["PSETEX"] = (4, 4),
        ["GETSET"] = (3, 3),
        ["GETDEL"] = (2, 2),
        ["APPEND"] = (3, 3),
        ["STRLEN"] = (2, 2),
        ["MGET"] = (2, -1),
        ["MSET"] = (3, -1),
        ["INCR"] = (2, 2),
        ["DECR"] = (2, 2),
        ["INCRBY"] = (3, 3),
        ["DECRBY"] = (3, 3),
        ["EXPIRE"] = (3, 3),
        ["PEXPIRE"] = (3, 3),
        ["TTL"] = (2, 2),
        ["PTTL"] = (2, 2),
        ["PERSIST"] = (2, 2),
        ["LPUSH"] = (3, -1),
        ["RPUSH"] = (3, -1),
        ["LPOP"] = (2, 3),
        ["RPOP"] = (2, 3),
        ["LLEN"] = (2, 2),
        ["LRANGE"] = (4, 4),
        ["LINDEX"] = (3, 3),
        ["PUBLISH"] = (3, 3),
        ["BLPOP"] = (3, -1),
        ["BRPOP"] = (3, -1),
        ["SUBSCRIBE"] = (2, -1),
    };

    public void Run(string name, List<byte[]> arguments, RespWriter writer)
    {
        if (!s_arity.TryGetValue(name, out (int Least, int Most) arity))
        {
            writer.Error($"ERR unknown command '{Text(arguments[0])}', with args beginning with: {string.Concat(arguments.Skip(1).Select(static argument => $"'{Text(argument)}' "))}");
        }
        else if (arguments.Count < arity.Least || (arity.Most > 0 && arguments.Count > arity.Most) || (name == "MSET" && arguments.Count % 2 == 0))
        {
            writer.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");
        }
        else
        {
            lock (database.Lock)
            {
                RunLocked(name, arguments, writer);
            }
        }
    }

    private void RunLocked(string name, List<byte[]> arguments, RespWriter writer)
    {
        switch (name)
        {
            case "PING" when arguments.Count == 1:
                writer.Simple("PONG");
                break;
            case "PING" or "ECHO":
                writer.Bulk(arguments[1]);
                break;
            case "SELECT":
                Reply(writer, arguments[1] is [(byte)'0'], "ERR DB index is out of range");
                break;
            case "INFO":
                writer.Bulk(statistics.Describe(database.Count, database.Expiring));
                break;
            case "COMMAND":
                writer.Array(0);
                break;
            case "CLIENT":
                writer.Ok();
                break;
            case "CONFIG":
                writer.Array(0);
                break;
            case "DBSIZE":
                writer.Number(database.Count);
                break;
            case "FLUSHALL" or "FLUSHDB":
                database.Clear();
                writer.Ok();
                break;
            case "KEYS":
                Keys(Text(arguments[1]), writer);
                break;
            case "EXISTS":
                writer.Number(arguments.Skip(1).Count(key => database.Find(Text(key)) is not null));
                break;
            case "DEL" or "UNLINK":
                writer.Number(arguments.Skip(1).Count(key => database.Remove(Text(key))));
                break;
            case "TYPE":
                writer.Simple(database.Find(Text(arguments[1])) switch { null => "none", { List: not null } => "list", _ => "string" });
                break;
            case "GET":
                WithText(arguments[1], writer, entry => writer.Bulk(entry?.Text));
                break;
            case "STRLEN":
                WithText(arguments[1], writer, entry => writer.Number(entry?.Text!.Length ?? 0));
                break;
            case "GETDEL":
                WithText(arguments[1], writer, entry => { writer.Bulk(entry?.Text); database.Remove(Text(arguments[1])); });
                break;
            case "GETSET":
                WithText(arguments[1], writer, entry => { writer.Bulk(entry?.Text); Put(arguments[1], arguments[2], null); });
                break;
            case "APPEND":
                WithText(arguments[1], writer, entry => Append(arguments[1], entry, arguments[2], writer));
                break;
            case "SET":
                Set(arguments, writer);
                break;
            case "SETNX":
                SetNew(arguments, writer);
                break;
            case "SETEX":
                SetWithEnd(arguments, 1000, writer);
                break;
            case "PSETEX":
                SetWithEnd(arguments, 1, writer);
                break;
            case "MGET":
                writer.Array(arguments.Count - 1);
                arguments.Skip(1).ToList().ForEach(key => writer.Bulk(database.Find(Text(key))?.Text));
                break;
            case "MSET":
                SetAll(arguments, writer);
                break;
            case "INCR":
                Add(arguments[1], 1, writer);
                break;
            case "DECR":
                Add(arguments[1], -1, writer);
                break;
            case "INCRBY":
                WithNumber(arguments[2], writer, number => Add(arguments[1], number, writer));
                break;
            case "DECRBY":
                WithNumber(arguments[2], writer, number => Add(arguments[1], number == long.MinValue ? null : -number, writer));
                break;
            case "EXPIRE":
                WithNumber(arguments[2], writer, number => Expire(arguments[1], number, 1000, writer));
                break;
            case "PEXPIRE":
                WithNumber(arguments[2], writer, number => Expire(arguments[1], number, 1, writer));
                break;
            case "TTL":
                TimeToLive(arguments[1], 1000, writer);
                break;
            case "PTTL":
                TimeToLive(arguments[1], 1, writer);
                break;
            case "PERSIST":
                Persist(arguments[1], writer);
                break;
            case "LPUSH":
                Push(arguments, first: true, writer);
                break;
            case "RPUSH":
                Push(arguments, first: false, writer);
                break;
            case "LPOP":
                Pop(arguments, first: true, writer);
                break;
            case "RPOP":
                Pop(arguments, first: false, writer);
                break;
            case "LLEN":
                WithList(arguments[1], writer, list => writer.Number(list?.Count ?? 0));
                break;
            case "LRANGE":
                WithNumber(arguments[2], writer, from => WithNumber(arguments[3], writer, to => WithList(arguments[1], writer, list => Range(list, from, to, writer))));
                break;
            case "LINDEX":
                WithNumber(arguments[2], writer, index => WithList(arguments[1], writer, list => writer.Bulk(ItemAt(list, index))));
                break;
            case "PUBLISH":
                writer.Number(channels.Publish(Text(arguments[1]), arguments[2]));
                break;
            default:
                writer.Error($"ERR wrong number of arguments for '{name.ToLowerInvariant()}' command");
                break;
        }
    }

    private static string Text(byte[] argument) => Encoding.Latin1.GetString(argument);

    private static void Reply(RespWriter writer, bool good, string error)
    {
        if (good)
        {
            writer.Ok();
        }
        else
        {
            writer.Error(error);
        }
    }

    private static bool TryNumber(byte[] argument, out long number)
        => Utf8Parser.TryParse(argument, out number, out int used) && used == argument.Length && used > 0;

    private static void WithNumber(byte[] argument, RespWriter writer, Action<long> use)
    {
        if (TryNumber(argument, out long number))
        {
            use(number);
        }
        else
        {
            writer.Error(NotANumber);
        }
    }

    private void WithText(byte[] key, RespWriter writer, Action<Entry?> use)
    {
        Entry? entry = database.Find(Text(key));
        if (entry is { Text: null })
        {
            writer.Error(WrongType);
        }
        else
        {
            use(entry);
        }
    }

    private void WithList(byte[] key, RespWriter writer, Action<ItemList?> use)
    {
        Entry? entry = database.Find(Text(key));
        if (entry is { List: null })
        {
            writer.Error(WrongType);
        }
        else
        {
            use(entry?.List);
        }
    }
}
