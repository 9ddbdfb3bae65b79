using System.Runtime.InteropServices;

namespace Goroutines;

/// <summary>Receives signals that the operating system sends to the process.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.NotifySignals"/>
    public static Receiver<PosixSignal> NotifySignals(params ReadOnlySpan<PosixSignal> signals) => GoRuntime.Current.NotifySignals(signals);

    /// <inheritdoc cref="GoRuntime.StopSignals"/>
    public static bool StopSignals(Receiver<PosixSignal> channel) => GoRuntime.Current.StopSignals(channel);
}
