using Balancer;
using LinkCheck;

namespace Goroutines.Race.Mutants;

/// <summary>Parts of the samples that several goroutines use under a lock: each program uses two of their methods at once.</summary>
internal static class Samples
{
    internal static IEnumerable<(string Name, Func<Task> Body)> All
    {
        get
        {
            yield return ("Balancer: take and take", () => OfPool(static (pool, backend) => pool.Take([]), static (pool, backend) => pool.Take([])));
            yield return ("Balancer: take and return", () => OfPool(static (pool, backend) => pool.Take([]), static (pool, backend) => pool.Return(backend, false)));
            yield return ("Balancer: judge and take", () => OfPool(static (pool, backend) => pool.Judge(backend, false), static (pool, backend) => pool.Take([])));
            yield return ("Balancer: judge and ask for any healthy", () => OfPool(static (pool, backend) => pool.Judge(backend, false), static (pool, backend) => pool.HasHealthy()));
            yield return ("Balancer: take and metrics", () => OfPool(static (pool, backend) => pool.Take([]), static (pool, backend) => pool.Metrics()));
            yield return ("Balancer: keep and take idle", () => OfPool(static (pool, backend) => pool.KeepIdle(backend, null!), static (pool, backend) => pool.TakeIdle(backend)));
            yield return ("Balancer: keep and keep idle", () => OfPool(static (pool, backend) => pool.KeepIdle(backend, null!), static (pool, backend) => pool.KeepIdle(backend, null!)));
            yield return ("Balancer: take idle and close idle", () => OfPool(static (pool, backend) => pool.TakeIdle(backend), static (pool, backend) => pool.CloseIdle(backend)));
            yield return ("LinkCheck: enter and enter", () => OfGate(Enter, Enter));
            yield return ("LinkCheck: enter and slow down", () => OfGate(Enter, static gate => gate.SlowDownAsync(TimeSpan.FromSeconds(2), default)));
            yield return ("LinkCheck: enter and pause", () => OfGate(Enter, static gate => gate.PauseAsync(TimeSpan.FromSeconds(2), default)));
        }
    }

    private static async Task OfPool(Action<BackendPool, Backend> first, Action<BackendPool, Backend> second)
    {
        BackendPool pool = new(new BalancerOptions { Backends = ["one", "two"], Fall = 1 });
        WaitGroup both = new();
        foreach (Action<BackendPool, Backend> step in (Action<BackendPool, Backend>[])[first, second])
        {
            both.Spawn(() => step(pool, pool.Backends[0]));
        }

        await both.WaitAsync();
    }

    private static async Task OfGate(Func<HostGate, ValueTask> first, Func<HostGate, ValueTask> second)
    {
        HostGate gate = new(2, TimeSpan.FromSeconds(1));
        WaitGroup both = new();
        foreach (Func<HostGate, ValueTask> step in (Func<HostGate, ValueTask>[])[first, second])
        {
            both.Spawn(() => step(gate));
        }

        await both.WaitAsync();
    }

    private static async ValueTask Enter(HostGate gate)
    {
        using Holder place = await gate.EnterAsync(default);
    }
}
