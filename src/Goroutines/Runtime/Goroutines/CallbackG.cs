namespace Goroutines.Runtime;

/// <summary>A goroutine that runs a callback that does not wait. It runs on the worker, not on a stack of its own.</summary>
internal sealed class CallbackG(Scheduler scheduler, long id, Action body) : AsyncG(scheduler, id, null, 0)
{
    internal override Delegate Body => body;

    private protected override Task? Invoke()
    {
        body();
        return null;
    }
}
