using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Ready-made handlers for <see cref="Go.PanicHandler"/>, <see cref="GoRuntime.PanicHandler"/> and <see cref="GoRuntimeOptions.PanicHandler"/>.</summary>
/// <remarks>Safe from any thread. They may also be called from a handler of your own.</remarks>
public static class PanicHandlers
{
    /// <summary>Writes Go's report to standard error, and lets the process go on: the default.</summary>
    /// <param name="panic">The panic.</param>
    /// <remarks>A standard error that can't be written to is ignored.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="panic"/> is <see langword="null"/>.</exception>
    public static void Print(PanicInfo panic)
    {
        ArgumentNullException.ThrowIfNull(panic);
        PanicPrinter.Print(panic);
    }

    /// <summary>Writes Go's report to standard error and ends the process with exit code 2, as Go does.</summary>
    /// <param name="panic">The panic.</param>
    /// <remarks>It does not return. Handlers of <see cref="AppDomain.ProcessExit"/> run first. If it is ending already (the panic is one that
    /// is only found out then), its exit code becomes 2.</remarks>
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
