namespace Goroutines.Runtime;

/// <summary>A goroutine that runs a <c>Func&lt;ValueTask&gt;</c>.</summary>
internal sealed class ValueTaskG(Scheduler scheduler, long id, Func<ValueTask> body, string? file, int line) : AsyncG(scheduler, id, file, line)
{
    internal override Delegate Body => body;

    private protected override Task? Invoke() => TaskOf(body());
}
