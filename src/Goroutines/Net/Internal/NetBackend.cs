using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Net.Epoll;
using Goroutines.Net.Framework;

namespace Goroutines.Net;

/// <summary>Makes the sockets of the public types: on the scheduler's own poller, or on the framework's.</summary>
internal abstract class NetBackend
{
    private static readonly Lazy<NetBackend> s_default = new(Choose);

    /// <summary>Sockets on the scheduler's poller. Linux only.</summary>
    internal static NetBackend Epoll { get; } = new EpollBackend();

    /// <summary>The framework's asynchronous sockets. On all systems.</summary>
    internal static NetBackend Framework { get; } = new FrameworkBackend();

    /// <summary>
    /// The backend that the public types use: epoll where it is supported, unless the <see cref="AppContext"/> switch
    /// <c>Goroutines.Net.UseFrameworkSockets</c> or the environment variable <c>GOROUTINES_NET=framework</c> selects the framework.
    /// </summary>
    internal static NetBackend Default => s_default.Value;

    internal static bool IsEpollSupported => OperatingSystem.IsLinux()
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    internal abstract string Name { get; }

    /// <summary>Takes over a socket that was just opened, or that listens.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="owner">The name of the public type that it is for.</param>
    /// <param name="onAccepted">For a listening socket: sets the options of accepted sockets that do not inherit them.</param>
    internal abstract NetSocket Wrap(Socket socket, string owner, Action<Socket>? onAccepted = null);

    private static NetBackend Choose()
    {
        NetBackend usual = IsEpollSupported ? Epoll : Framework;
        if (AppContext.TryGetSwitch("Goroutines.Net.UseFrameworkSockets", out bool framework))
        {
            return framework ? Framework : usual;
        }

        string? text = Environment.GetEnvironmentVariable("GOROUTINES_NET");
        switch (text)
        {
            case null or "":
                return usual;
            case "framework":
                return Framework;
            case "epoll" when IsEpollSupported:
                return Epoll;
            default:
#pragma warning disable RS0030 // one warning at the start, when there is no other way to report it
                Console.Error.WriteLine($"goroutines: ignoring GOROUTINES_NET={text}: it must be \"framework\"{(IsEpollSupported ? " or \"epoll\"" : "")}; using {usual.Name}.");
#pragma warning restore RS0030
                return usual;
        }
    }

    private sealed class EpollBackend : NetBackend
    {
        internal override string Name => "epoll";

        internal override NetSocket Wrap(Socket socket, string owner, Action<Socket>? onAccepted) => new EpollSocket(socket) { Owner = owner, OnAccepted = onAccepted };
    }

    private sealed class FrameworkBackend : NetBackend
    {
        internal override string Name => "framework";

        internal override NetSocket Wrap(Socket socket, string owner, Action<Socket>? onAccepted) => new FrameworkSocket(socket) { Owner = owner, OnAccepted = onAccepted };
    }
}
