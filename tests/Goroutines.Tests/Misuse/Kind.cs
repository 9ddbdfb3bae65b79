namespace Goroutines.Tests.Misuse;

/// <summary>One kind of operation: begins one that has to wait, and says how to end it.</summary>
public sealed class Kind(string name, Func<CancellationToken, (Use Operation, Action End)> begin)
{
    /// <summary>Every operation of the library that is awaited and pooled, or that shares its machinery.</summary>
    public static IReadOnlyList<Kind> All { get; } =
    [
        new("receive", static token =>
        {
            var channel = new Chan<int>();
            return (Use.Of(channel.ReceiveAsync(token)), () => channel.TrySend(1));
        }),
        new("send", static token =>
        {
            var channel = new Chan<int>();
            return (Use.Of(channel.SendAsync(1, token)), () => channel.TryReceive(out _));
        }),
        new("enumerate", static token =>
        {
            var channel = new Chan<int>();
            return (Use.Of(channel.GetAsyncEnumerator(token).MoveNextAsync()), () => channel.TrySend(1));
        }),
        new("select", static token =>
        {
            var channel = new Chan<int>();
            var select = new Select();
            select.Receive(channel);
            select.Timeout(TimeSpan.FromHours(1));
            return (Use.Of(select.WaitAsync(token)), () => channel.TrySend(1));
        }),
        new("lock", static token =>
        {
            var mutex = new GoMutex();
            Holder held = mutex.Lock();
            return (Use.Of(mutex.LockAsync(token)), held.Dispose);
        }),
        new("write lock", static token =>
        {
            var mutex = new GoRWMutex();
            Holder held = mutex.ReadLock();
            return (Use.Of(mutex.LockAsync(token)), held.Dispose);
        }),
        new("read lock", static token =>
        {
            var mutex = new GoRWMutex();
            Holder held = mutex.Lock();
            return (Use.Of(mutex.ReadLockAsync(token)), held.Dispose);
        }),
        new("acquire", static token =>
        {
            var semaphore = new WeightedSemaphore(1);
            semaphore.Acquire();
            return (Use.Of(semaphore.AcquireAsync(1, token)), () => semaphore.Release());
        }),
        new("wait group", static token =>
        {
            var group = new WaitGroup();
            group.Add(1);
            return (Use.Of(group.WaitAsync(token)), group.Done);
        }),
        new("barrier", static token =>
        {
            var barrier = new GoBarrier(2);
            return (Use.Of(barrier.WaitAsync(token)), () => _ = barrier.WaitAsync());
        }),
        new("condition", static token =>
        {
            var mutex = new GoMutex();
            var condition = new GoCond(mutex);
            mutex.Lock();
            return (Use.Of(condition.WaitAsync(token)), condition.Signal);
        }),
        new("once", static token =>
        {
            var once = new Once();
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            ValueTask running = once.DoAsync(() => new ValueTask(gate.Task), CancellationToken.None);
            _ = running.AsTask();
            return (Use.Of(once.DoAsync(static () => default, token)), gate.SetResult);
        }),
        new("join", static token =>
        {
            var gate = new Chan<int>();
            Goroutine<int> goroutine = Go.Run(async () => (await gate.ReceiveAsync()).Value);
            return (Use.Of(goroutine.JoinAsync(token)), () => gate.SendAsync(1).AsTask());
        }),
        new("sleep", static token =>
        {
            // Ended by a token of its own, as its time never comes.
            var end = CancellationTokenSource.CreateLinkedTokenSource(token);
            return (Use.Of(Go.SleepAsync(TimeSpan.FromHours(1), end.Token)), end.Cancel);
        }),
    ];

    public string Name => name;

    /// <summary>Begins an operation.</summary>
    public (Use Operation, Action End) Begin(CancellationToken cancellationToken = default) => begin(cancellationToken);

    public override string ToString() => name;
}
