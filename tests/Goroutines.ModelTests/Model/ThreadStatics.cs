using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines.ModelTests.Model;

/// <summary>What the library keeps by thread: a thread begins each execution without anything an earlier one has left.</summary>
internal static class ThreadStatics
{
    internal static void Clear()
    {
        Worker(null) = null;
        Wait(null) = null;
        Spare(null) = null;
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_current")]
    private static extern ref M? Worker(M? type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_spare")]
    private static extern ref SyncWaiter? Spare(SyncWaiter? type);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "t_current")]
    private static extern ref ThreadWait? Wait(ThreadWait? type);
}
