using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that is chosen when a task or a goroutine has ended, with or without success.</summary>
/// <remarks>What has ended stays so: after the case was chosen, give it the next task, disable it or remove it, or the next wait chooses
/// it again.</remarks>
public class AwaitCase : SelectCase
{
    private readonly ReceiveArm<Unit> _end;
    private object? _awaited;

    internal AwaitCase(Select owner, int index, object? awaited)
        : base(owner, index)
    {
        _end = new ReceiveArm<Unit>(owner, index) { Channel = EndOf(awaited) };
        Arm = _end;
        _awaited = awaited;
    }

    /// <summary>The task that the case waits for; <see langword="null"/> is never chosen. Of a case made with
    /// <see cref="Select.Join(Goroutine)"/>: the goroutine's <see cref="Goroutine.AsTask"/>.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Task? Task
    {
        get => AwaitedTask;
        set => SetAwaited(value);
    }

    internal object? Awaited => _awaited;

    private protected virtual Task? AwaitedTask => _awaited is Goroutine goroutine ? goroutine.AsTask() : (Task?)_awaited;

    /// <summary>Takes the outcome: returns if what the case waits for has succeeded, and throws what it failed with.</summary>
    /// <exception cref="InvalidOperationException">It has not ended yet.</exception>
    public void GetResult()
    {
        switch (_awaited)
        {
            case Goroutine { IsCompleted: true } goroutine:
                goroutine.TakeOutcome();
                break;
            case Task { IsCompleted: true } task:
                task.GetAwaiter().GetResult();
                break;
            default:
                throw NotEnded();
        }
    }

    private protected void SetAwaited(object? awaited)
    {
        EnsureIdle();
        Unlist();
        _end.Channel = EndOf(awaited);
        _awaited = awaited;
        Relist();
    }

    private protected static InvalidOperationException NotEnded() => new("What the case waits for has not ended: look at its result after a wait that chose it.");

    private protected virtual Chan<Unit>? EndOf(object? awaited) => awaited switch
    {
        null => null,
        Goroutine goroutine => ((EndChannel)goroutine.Ended(EndChannel.Make)).Channel,
        _ => TaskFeed.EndOf((Task)awaited),
    };
}
