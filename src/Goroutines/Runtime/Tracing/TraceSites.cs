using System.Collections.Concurrent;
using Goroutines.Platform;

namespace Goroutines.Runtime;

/// <summary>The creation sites that traces and profiles have met, each with a number that fits into two bytes.</summary>
/// <remarks>
/// A goroutine keeps its site's number in two bytes that were padding, so that a turn tells its site without a look-up. Sites are told
/// apart by file, line and the type that the body belongs to, which costs no reflection: two lambdas of one class on one line are one
/// site. They are kept for the life of the process, as are the method names of an assembly; there are at most
/// <see cref="Most"/>, and what comes after those is unknown.
/// </remarks>
internal static class TraceSites
{
    /// <summary>How many sites there may be.</summary>
    internal const int Most = ushort.MaxValue - 1;

    /// <summary>A goroutine with this number came when there were <see cref="Most"/> sites already.</summary>
    private const ushort TooMany = ushort.MaxValue;

    private static readonly ConcurrentDictionary<Key, ushort> s_numbers = new();
    private static readonly Lock s_adding = new();
    private static TraceSite[] s_sites = [TraceSite.Unknown];

    /// <summary>How many there are by now, the unknown one included.</summary>
    internal static int Count => Volatile.Read(ref s_sites).Length;

    /// <summary>The site of a goroutine. Any thread; two at once find the same number.</summary>
    internal static ushort NumberOf(G g)
    {
        Delegate body = g.Body;
        Type owner = body.Target?.GetType() ?? body.GetType();
        Key key = new(g.CreatedFile ?? MethodNames.Of(body), g.CreatedLine, owner.TypeHandle);
        return s_numbers.TryGetValue(key, out ushort number) ? number : Add(key, g, body);
    }

    internal static TraceSite Get(int number)
    {
        TraceSite[] sites = Volatile.Read(ref s_sites);
        return (uint)number < (uint)sites.Length ? sites[number] : TraceSite.Unknown;
    }

    private static ushort Add(Key key, G g, Delegate body)
    {
        string name = MethodNames.Of(body);
        lock (s_adding)
        {
            if (s_numbers.TryGetValue(key, out ushort number))
            {
                return number;
            }

            if (s_sites.Length > Most)
            {
                return TooMany;
            }

            number = (ushort)s_sites.Length;
            Volatile.Write(ref s_sites, [.. s_sites, new TraceSite(number, name, g.CreatedFile ?? "", g.CreatedLine)]);
            s_numbers[key] = number;
            return number;
        }
    }

    private readonly record struct Key(string File, int Line, RuntimeTypeHandle Owner);
}
