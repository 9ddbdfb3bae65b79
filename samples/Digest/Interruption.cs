using System.Runtime.InteropServices;

namespace Digest;

/// <summary>
/// Turns the first SIGINT (Ctrl+C) or SIGTERM into a cancellation; the second one ends the process as usual.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _sigint;
    private readonly PosixSignalRegistration _sigterm;
    private int _exitCode;

    internal Interruption()
    {
        _sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => OnSignal(signal, 128 + 2));
        _sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => OnSignal(signal, 128 + 15));
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>128 and the number of the signal that came; zero when none did.</summary>
    internal int ExitCode => Volatile.Read(ref _exitCode);

    public void Dispose()
    {
        _sigint.Dispose();
        _sigterm.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext signal, int exitCode)
    {
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) == 0)
        {
            signal.Cancel = true;
            _source.Cancel();
        }
    }
}
