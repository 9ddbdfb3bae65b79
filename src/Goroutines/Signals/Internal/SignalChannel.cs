using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Goroutines.Signals;

/// <summary>A channel that receives the signals for which it was created (os/signal: <c>Notify</c>).</summary>
internal static class SignalChannel
{
    /// <summary>The number of signals that may wait for a receiver. Further signals are dropped, as Go drops those that do not fit.</summary>
    private const int Capacity = 16;

    private static readonly ConditionalWeakTable<Chan<PosixSignal>, SignalRegistrations> s_registrations = new();

    internal static Receiver<PosixSignal> Notify(ReadOnlySpan<PosixSignal> signals)
    {
        Chan<PosixSignal> channel = new(Capacity);
        s_registrations.Add(channel, SignalRegistrations.Register(SignalRegistrations.OrDefault(signals), signal => channel.TrySend(signal)));
        return channel.Receiver;
    }

    internal static bool Stop(Receiver<PosixSignal> channel)
    {
        if (channel.Channel is not { } notified || !s_registrations.TryGetValue(notified, out SignalRegistrations? registrations))
        {
            return false;
        }

        registrations.Dispose();
        return s_registrations.Remove(notified);
    }
}
