using System.Net.Sockets;

namespace Goroutines.Net;

/// <summary>How a socket is bound.</summary>
/// <param name="ReuseAddress">Whether the address may be shared.</param>
/// <param name="DualMode">Whether "any address" covers both families.</param>
/// <param name="UnlinkOnClose">Whether closing a Unix socket removes its file.</param>
/// <param name="Configure">Sets the other options, before the socket is bound.</param>
internal readonly record struct BindOptions(bool ReuseAddress, bool DualMode, bool UnlinkOnClose, Action<Socket> Configure);
