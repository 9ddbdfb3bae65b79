using System.Runtime.InteropServices;
using Goroutines.Context;

namespace Goroutines.Signals;

/// <summary>A context that ends with the first of some signals (os/signal: <c>NotifyContext</c>).</summary>
internal sealed class SignalNode : CancelNode
{
    private readonly PosixSignal[] _signals;
    private SignalRegistrations? _registrations;

    internal SignalNode(ReadOnlySpan<PosixSignal> signals)
        : base(null, null) => _signals = SignalRegistrations.OrDefault(signals);

    internal string Signals => string.Join(", ", _signals);

    internal void Register()
    {
        Volatile.Write(ref _registrations, SignalRegistrations.Register(_signals, Notified));
        if (Err is not null)
        {
            Ended(); // a signal came in between
        }
    }

    private protected override void Ended() => Volatile.Read(ref _registrations)?.Dispose();

    private void Notified(PosixSignal signal) => Cancel(CancelSource.Canceled(), new OperationCanceledException($"signal received: {signal}"));
}
