using Goroutines.Tests.Support;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>
/// Runs test bodies written as Go writes them, without <see langword="await"/>: every goroutine has a stack of its own and waits
/// with the synchronous forms. The class tests go through the same behaviours with asynchronous bodies.
/// </summary>
internal static class OnStacks
{
    /// <summary>Runs <paramref name="body"/> as a goroutine of a runtime with <paramref name="maxProcs"/> Ps.</summary>
    public static Task RunAsync(int maxProcs, Action body) => Isolated.RunAsync(maxProcs, runtime => runtime.Run(body).JoinAsync().AsTask());

    /// <summary>Starts goroutines that are told their number, from 0.</summary>
    public static Goroutine[] Start(int count, Action<int> body)
    {
        Goroutine[] started = new Goroutine[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            started[i] = Go.Run(() => body(number));
        }

        return started;
    }

    /// <summary>Waits for all of them; throws what the first of them has thrown.</summary>
    public static void Join(params ReadOnlySpan<Goroutine> goroutines)
    {
        foreach (Goroutine goroutine in goroutines)
        {
            goroutine.Join();
        }
    }
}
