using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Provides ready-made handlers for <see cref="Go.PanicHandler"/>, <see cref="GoRuntime.PanicHandler"/> and
/// <see cref="GoRuntimeOptions.PanicHandler"/>.</summary>
/// <remarks>Safe to call from any thread. You may also call them from a handler of your own.</remarks>
public static class PanicHandlers
{
    /// <summary>Writes Go's report to standard error and lets the process continue. This is the default.</summary>
    /// <param name="panic">The panic.</param>
    /// <remarks>If standard error can't be written to, that is ignored.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="panic"/> is <see langword="null"/>.</exception>
    public static void Print(PanicInfo panic)
    {
        ArgumentNullException.ThrowIfNull(panic);
        PanicPrinter.Print(panic);
    }

    /// <summary>Writes Go's report to standard error and ends the process with exit code 2, as Go does.</summary>
    /// <param name="panic">The panic.</param>
    /// <remarks>It does not return. Handlers of <see cref="AppDomain.ProcessExit"/> run first. If the process is already ending (the panic
    /// was discovered only then), its exit code becomes 2.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="panic"/> is <see langword="null"/>.</exception>
    public static void Exit(PanicInfo panic)
    {
        Print(panic);
        if (KeptFailure.ProcessExits)
        {
            Environment.ExitCode = 2;
        }
        else
        {
#pragma warning disable RS0030 // what the handler is for
            Environment.Exit(2);
#pragma warning restore RS0030
        }
    }
}
