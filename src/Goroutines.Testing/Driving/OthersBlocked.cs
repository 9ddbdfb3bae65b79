using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Goroutines.Runtime;

namespace Goroutines.Testing.Driving;

/// <summary>A pending <see cref="GoTest.WaitAsync"/>.</summary>
internal sealed class OthersBlocked : WaitSource, IValueTaskSource
{
    internal ValueTask Start(G? goroutine)
    {
        Begin(goroutine, WaitReason.TestWait);
        return new ValueTask(this, Version);
    }

    private protected override void TryCancel() => throw new UnreachableException("Waiting for the other goroutines can't be cancelled.");

    void IValueTaskSource.GetResult(short token)
    {
        BeginGetResult(token);
        if (Goroutine is { } goroutine)
        {
            RaceHooks.AcquireAll(goroutine.Scheduler);
        }

        Recycle();
    }
}
