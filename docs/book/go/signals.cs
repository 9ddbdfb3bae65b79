#:project ../../../src/Goroutines/Goroutines.csproj

using System.Diagnostics;
using System.Runtime.InteropServices;
using Goroutines;

Go.Main(async () =>
{
    Receiver<PosixSignal> signals = Go.NotifySignals(PosixSignal.SIGTERM);

    Console.WriteLine("waiting");
    using Process kill = Process.Start("sh", ["-c", $"kill -TERM {Environment.ProcessId}"]);     // in earnest: the system, or Ctrl+C

    PosixSignal signal = await signals.TakeAsync();
    Console.WriteLine($"{signal}: cleaning up");
});
