namespace Goroutines.Runtime;

/// <summary>A goroutine that runs a <c>Func&lt;Task&gt;</c>.</summary>
internal sealed class TaskG(Scheduler scheduler, long id, Func<Task> body, string? file, int line) : AsyncG(scheduler, id, file, line)
{
    internal override Delegate Body => body;

    private protected override Task? Invoke() => TaskOf(new ValueTask(Checked(body())));
}
