using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines.ModelTests.Model;

/// <summary>What the library keeps by thread: a thread begins each execution without anything an earlier one has left.</summary>
internal static class ThreadStatics
{
    internal static void Clear()
    {
        Worker(null) = null;
        Wait(null) = null;
        Spares(null) = null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_current")]
    private static extern ref M? Worker(M? type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_spares")]
    private static extern ref PoolStack[]? Spares(Pooled? type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_current")]
    private static extern ref ThreadWait? Wait(ThreadWait? type);
}
