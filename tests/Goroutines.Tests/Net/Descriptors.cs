using System.Globalization;
using System.Net;
using Goroutines.Net;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The descriptors of this process, by Linux's /proc.</summary>
internal static class Descriptors
{
    internal static void Require() => Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "Descriptors are counted in Linux's /proc.");

    /// <summary>How many sockets are open.</summary>
    internal static int Sockets() => Links().Count(static link => link.Target.StartsWith("socket:", StringComparison.Ordinal));

    /// <summary>Waits until no more sockets are open than <paramref name="before"/>.</summary>
    internal static Task BackTo(int before) => Poll.UntilAsync(() => Sockets() <= before, $"the sockets to be {before} again; there were {Sockets()}");

    /// <summary>The number of a TCP connection's descriptor, found by its addresses in the system's table.</summary>
    internal static nint Of(Conn conn)
    {
        string local = Hex((IPEndPoint)conn.LocalEndPoint);
        string remote = Hex((IPEndPoint)conn.RemoteEndPoint);
        string inode = File.ReadLines("/proc/self/net/tcp")
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(fields => fields[1] == local && fields[2] == remote)[9];
        return Links().First(link => link.Target == $"socket:[{inode}]").Number;
    }

    private static List<(nint Number, string Target)> Links()
    {
        List<(nint, string)> links = [];
        foreach (string file in Directory.EnumerateFiles("/proc/self/fd"))
        {
            if (new FileInfo(file).LinkTarget is { } target)
            {
                links.Add((nint.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture), target));
            }
        }

        return links;
    }

    private static string Hex(IPEndPoint address)
        => $"{BitConverter.ToUInt32(address.Address.GetAddressBytes()):X8}:{address.Port:X4}";
}
