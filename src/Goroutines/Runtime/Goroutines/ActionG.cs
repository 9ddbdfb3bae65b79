namespace Goroutines.Runtime;

/// <summary>A goroutine that runs an <c>Action</c> on a thread of its own.</summary>
internal sealed class ActionG(Scheduler scheduler, long id, Action body, string? file, int line, Delegate? named = null) : ThreadG(scheduler, id, file, line)
{
    internal override Delegate Body => named ?? body;

    private protected override void CallBody() => body();
}
