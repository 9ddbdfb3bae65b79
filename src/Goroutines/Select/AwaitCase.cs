using Goroutines.Channels;

namespace Goroutines;

/// <summary>A case that is chosen when a task or a goroutine has ended, with or without success.</summary>
/// <remarks>A task that has ended stays ended. After the case was chosen, give it the next task, disable it or remove it; otherwise, the
/// next wait chooses it again.</remarks>
public class AwaitCase : SelectCase
{
    private readonly ReceiveArm<Unit> _end;
    private object? _awaited;

    internal AwaitCase(Select owner, int index, object? awaited)
        : base(owner, index)
    {
        _end = new ReceiveArm<Unit>(index) { Channel = EndOf(awaited) };
        Arm = _end;
        _awaited = awaited;
    }

    /// <summary>Gets or sets the task that the case waits for. If it is <see langword="null"/>, the case is never chosen. For a case made with
    /// <see cref="Select.Join(Goroutine)"/>, it is the goroutine's <see cref="Goroutine.AsTask"/>.</summary>
    /// <exception cref="InvalidOperationException">Set while the select is waiting.</exception>
    public Task? Task
    {
        get => AwaitedTask;
        set => SetAwaited(value);
    }

    internal object? Awaited => _awaited;

    private protected virtual Task? AwaitedTask => _awaited is Goroutine goroutine ? goroutine.AsTask() : (Task?)_awaited;

    /// <summary>Takes the outcome: returns if the task or goroutine succeeded; otherwise, throws its exception.</summary>
    /// <exception cref="InvalidOperationException">The task or goroutine has not ended yet.</exception>
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
