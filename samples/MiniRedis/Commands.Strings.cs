using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using Goroutines;

namespace MiniRedis;

// Keys, strings, and when they end.
internal sealed partial class Commands
{
    private void Put(byte[] key, byte[] value, DateTimeOffset? ends) => database.Set(Text(key), new Entry { Text = value, Ends = ends });

    private void Keys(string pattern, RespWriter writer)
    {
        string[] keys = [.. database.Keys.Where(key => FileSystemName.MatchesSimpleExpression(pattern, key, ignoreCase: false))];
        writer.Array(keys.Length);
        Array.ForEach(keys, writer.Bulk);
    }

    private void Append(byte[] key, Entry? entry, byte[] value, RespWriter writer)
    {
        byte[] whole = [.. entry?.Text ?? [], .. value];
        Put(key, whole, entry?.Ends);
        writer.Number(whole.Length);
    }

    // SET key value [NX | XX] [EX seconds | PX milliseconds | KEEPTTL]
    private void Set(List<byte[]> arguments, RespWriter writer)
    {
        bool? exists = null;
        bool keep = false;
        long? milliseconds = null;
        for (int i = 3; i < arguments.Count; i++)
        {
            switch (Text(arguments[i]).ToUpperInvariant())
            {
                case "NX" when exists is null:
                    exists = false;
                    break;
                case "XX" when exists is null:
                    exists = true;
                    break;
                case "KEEPTTL" when milliseconds is null:
                    keep = true;
                    break;
                case "EX" or "PX" when !keep && milliseconds is null && i + 1 < arguments.Count:
                    if (!TryEnd(arguments[i + 1], (arguments[i][0] | 0x20) == 'e' ? 1000 : 1, "set", writer, out long time))
                    {
                        return;
                    }

                    milliseconds = time;
                    i++;
                    break;
                default:
                    writer.Error("ERR syntax error");
                    return;
            }
        }

        Entry? old = database.Find(Text(arguments[1]));
        if (exists is { } wanted && wanted != old is not null)
        {
            writer.Bulk((byte[]?)null);
            return;
        }

        Put(arguments[1], arguments[2], keep ? old?.Ends : milliseconds is { } after ? Go.Now.AddMilliseconds(after) : null);
        writer.Ok();
    }

    private void SetNew(List<byte[]> arguments, RespWriter writer)
    {
        bool isNew = database.Find(Text(arguments[1])) is null;
        if (isNew)
        {
            Put(arguments[1], arguments[2], null);
        }

        writer.Number(isNew ? 1 : 0);
    }

    private void SetWithEnd(List<byte[]> arguments, int unit, RespWriter writer)
    {
        if (TryEnd(arguments[2], unit, unit == 1 ? "psetex" : "setex", writer, out long milliseconds))
        {
            Put(arguments[1], arguments[3], Go.Now.AddMilliseconds(milliseconds));
            writer.Ok();
        }
    }

    private static bool TryEnd(byte[] argument, int unit, string command, RespWriter writer, out long milliseconds)
    {
        milliseconds = 0;
        if (!TryNumber(argument, out long number))
        {
            writer.Error(NotANumber);
            return false;
        }

        if (number <= 0 || number > (long)TimeSpan.FromDays(36500).TotalMilliseconds / unit)
        {
            writer.Error($"ERR invalid expire time in '{command}' command");
            return false;
        }

        milliseconds = number * unit;
        return true;
    }

    private void SetAll(List<byte[]> arguments, RespWriter writer)
    {
        for (int i = 1; i < arguments.Count; i += 2)
        {
            Put(arguments[i], arguments[i + 1], null);
        }

        writer.Ok();
    }

    private void Add(byte[] key, long? amount, RespWriter writer) => WithText(key, writer, entry =>
    {
        long number = 0;
        if (entry is not null && !TryNumber(entry.Text!, out number))
        {
            writer.Error(NotANumber);
        }
        else if (amount is not { } added || (added > 0 ? number > long.MaxValue - added : number < long.MinValue - added))
        {
            writer.Error("ERR increment or decrement would overflow");
        }
        else
        {
            Put(key, Encoding.Latin1.GetBytes((number + added).ToString(CultureInfo.InvariantCulture)), entry?.Ends);
            writer.Number(number + added);
        }
    });

    private void Expire(byte[] key, long number, int unit, RespWriter writer)
    {
        string name = Text(key);
        if (database.Find(name) is not { } entry)
        {
            writer.Number(0);
            return;
        }

        if (number <= 0)
        {
            database.Remove(name);
        }
        else
        {
            double milliseconds = Math.Min((double)number * unit, TimeSpan.FromDays(36500).TotalMilliseconds);
            database.Expire(name, entry, Go.Now.AddMilliseconds(milliseconds));
        }

        writer.Number(1);
    }

    private void TimeToLive(byte[] key, int unit, RespWriter writer) => writer.Number(database.Find(Text(key)) switch
    {
        null => -2,
        { Ends: { } ends } => (long)Math.Round((ends - Go.Now).TotalMilliseconds / unit, MidpointRounding.AwayFromZero),
        _ => -1,
    });

    private void Persist(byte[] key, RespWriter writer)
    {
        Entry? entry = database.Find(Text(key));
        writer.Number(entry?.Ends is null ? 0 : 1);
        entry?.Ends = null;
    }
}
