using System.Runtime.InteropServices;
using Goroutines.Signals;

namespace Goroutines;

/// <summary>Signals that the system sends to the process.</summary>
public sealed partial class GoRuntime
{
#pragma warning disable CA1822 // everything that Go has is here, too
    /// <summary>Makes a channel that gets signals of the system (signal.Notify).</summary>
    /// <param name="signals">The signals; none: <see cref="PosixSignal.SIGINT"/> (Ctrl+C) and <see cref="PosixSignal.SIGTERM"/>, which ask a
    /// program to end. Raw numbers of the system work, too.</param>
    /// <returns>The channel. It keeps up to 16 signals that nothing has received yet; further ones are dropped. It is never closed.</returns>
    /// <remarks>From now on these signals have no other effect on the process, until <see cref="StopSignals"/>. Several channels may get the same
    /// signal. A goroutine that waits for a signal is no part of a deadlock. To end a context by a signal, see
    /// <see cref="GoContext.WithSignals"/>.</remarks>
    /// <exception cref="PlatformNotSupportedException">The system has no such signal.</exception>
    public Receiver<PosixSignal> NotifySignals(params ReadOnlySpan<PosixSignal> signals) => SignalChannel.Notify(signals);

    /// <summary>Ends what <see cref="NotifySignals"/> began (signal.Stop): the channel gets no more signals, and they have their default effect again.</summary>
    /// <param name="channel">The channel. What it holds can still be received.</param>
    /// <returns>true if the channel was one of <see cref="NotifySignals"/> and had not been stopped; otherwise, false.</returns>
    public bool StopSignals(Receiver<PosixSignal> channel) => SignalChannel.Stop(channel);
#pragma warning restore CA1822
}
