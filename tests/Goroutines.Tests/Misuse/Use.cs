namespace Goroutines.Tests.Misuse;

/// <summary>One pending operation, to be used in whatever way, and as often, as a test likes.</summary>
public abstract class Use
{
    public static readonly string[] Ways = ["await", "await elsewhere", "await anywhere", "AsTask", "GetResult"];

    public static Use Of(ValueTask operation) => new Plain(operation);

    public static Use Of<T>(ValueTask<T> operation) => new WithResult<T>(operation);

    public abstract bool IsCompleted { get; }

    /// <summary>Uses it once. What comes of that is in the task; nothing is thrown here.</summary>
    public Task In(string way) => way switch
    {
        "await" => Await(),
        "await elsewhere" => Task.Run(Await),
        "await anywhere" => AwaitAnywhere(),
        "AsTask" => Convert(),
        "GetResult" => Get(),
        _ => throw new ArgumentException($"There is no such way: {way}.", nameof(way)),
    };

    protected abstract Task Await();

    protected abstract Task AwaitAnywhere();

    protected abstract Task AsTask();

    protected abstract void GetResult();

    private async Task Convert() => await AsTask();

#pragma warning disable CS1998 // what it throws belongs into the task
    private async Task Get() => GetResult();
#pragma warning restore CS1998

    private sealed class Plain(ValueTask operation) : Use
    {
        public override bool IsCompleted => operation.IsCompleted;

        protected override async Task Await() => await operation;

        protected override async Task AwaitAnywhere() => await operation.ConfigureAwait(false);

        protected override Task AsTask() => operation.AsTask();

        protected override void GetResult() => operation.GetAwaiter().GetResult();
    }

    private sealed class WithResult<T>(ValueTask<T> operation) : Use
    {
        public override bool IsCompleted => operation.IsCompleted;

        protected override async Task Await() => await operation;

        protected override async Task AwaitAnywhere() => await operation.ConfigureAwait(false);

        protected override Task AsTask() => operation.AsTask();

        protected override void GetResult() => operation.GetAwaiter().GetResult();
    }
}
