using System.Runtime.InteropServices;
using Goroutines.Signals;

namespace Goroutines;

/// <summary>Receives signals that the operating system sends to the process.</summary>
public sealed partial class GoRuntime
{
#pragma warning disable CA1822 // everything that Go has is also here
    /// <summary>Creates a channel that receives signals of the operating system (signal.Notify).</summary>
    /// <param name="signals">The signals. If none is given, <see cref="PosixSignal.SIGINT"/> (Ctrl+C) and <see cref="PosixSignal.SIGTERM"/>,
    /// which ask a program to end. The system's raw signal numbers are also accepted.</param>
    /// <returns>The channel. It buffers up to 16 signals; while it is full, further signals are dropped. It is never closed.</returns>
    /// <remarks>Until <see cref="StopSignals"/>, these signals have no other effect on the process. Several channels may receive the same
    /// signal. A goroutine that waits for a signal does not count towards a deadlock. To end a context by a signal, see
    /// <see cref="GoContext.WithSignals"/>.</remarks>
    /// <exception cref="PlatformNotSupportedException">The system has no such signal.</exception>
    public Receiver<PosixSignal> NotifySignals(params ReadOnlySpan<PosixSignal> signals) => SignalChannel.Notify(signals);

    /// <summary>Undoes <see cref="NotifySignals"/> (signal.Stop): the channel receives no more signals, and they have their default effect again.</summary>
    /// <param name="channel">The channel. The signals in its buffer can still be received.</param>
    /// <returns>true if <see cref="NotifySignals"/> returned the channel and it had not been stopped; otherwise, false.</returns>
    public bool StopSignals(Receiver<PosixSignal> channel) => SignalChannel.Stop(channel);
#pragma warning restore CA1822
}
