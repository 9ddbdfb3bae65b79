using System.Runtime.InteropServices;

namespace Goroutines.Signals;

/// <summary>Handlers for some of the signals that the system sends to the process, registered with the framework until they are disposed.</summary>
/// <remarks>
/// Until then, <c>s_registered</c> references them, and thereby what they wake: a goroutine that waits for a signal is reachable from
/// outside of all goroutines, and does not count towards a deadlock. <c>s_lock</c> guards the list, and the step from registered to
/// disposed. Handlers run where the framework calls them, one for each signal, and only enqueue.
/// </remarks>
internal sealed class SignalRegistrations : IDisposable
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<SignalRegistrations> s_registered = [];

    private readonly Action<PosixSignal> _handler;
    private readonly List<PosixSignalRegistration> _registrations = [];

    private SignalRegistrations(Action<PosixSignal> handler) => _handler = handler;

    /// <summary>Returns the default signals if none is given: those that ask a program to end.</summary>
    internal static PosixSignal[] OrDefault(ReadOnlySpan<PosixSignal> signals)
        => signals.IsEmpty ? [PosixSignal.SIGINT, PosixSignal.SIGTERM] : [.. new HashSet<PosixSignal>(signals.ToArray())];

    /// <summary>Registers <paramref name="handler"/> for each of the signals, which lose their default effect.</summary>
    /// <exception cref="PlatformNotSupportedException">The system has no such signal.</exception>
    internal static SignalRegistrations Register(PosixSignal[] signals, Action<PosixSignal> handler)
    {
        SignalRegistrations registrations = new(handler);
        lock (s_lock)
        {
            s_registered.Add(registrations);
        }

        try
        {
            foreach (PosixSignal signal in signals)
            {
                registrations._registrations.Add(Register(signal, registrations.Handle));
            }
        }
        catch
        {
            registrations.Dispose();
            throw;
        }

        return registrations;
    }

    public void Dispose()
    {
        lock (s_lock)
        {
            if (!s_registered.Remove(this))
            {
                return;
            }
        }

        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private static PosixSignalRegistration Register(PosixSignal signal, Action<PosixSignalContext> handler)
    {
        try
        {
            return PosixSignalRegistration.Create(signal, handler);
        }
        catch (Exception exception) when (exception is ArgumentException or PlatformNotSupportedException or IOException)
        {
            throw new PlatformNotSupportedException($"The signal {signal} can't be handled on this system.", exception);
        }
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true; // it was handled: no default effect
        _handler(context.Signal);
    }
}
