using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>How a socket is bound.</summary>
/// <param name="ReuseAddress">Whether the address may be shared.</param>
/// <param name="DualMode">Whether "any address" is that of both families.</param>
/// <param name="UnlinkOnClose">Whether the file of a Unix socket goes with it.</param>
/// <param name="Configure">Sets the other options, before.</param>
internal readonly record struct BindOptions(bool ReuseAddress, bool DualMode, bool UnlinkOnClose, Action<Socket> Configure);
