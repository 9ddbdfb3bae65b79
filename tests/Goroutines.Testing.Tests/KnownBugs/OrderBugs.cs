namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>Bugs that block nobody: atomicity and order violations.</summary>
internal static class OrderBugs
{
    internal static KnownBug[] All { get; } =
    [
        new("lost update between two locks", FailureKind.Exception, 20, () => LostUpdate(atOnce: false), () => LostUpdate(atOnce: true)),
        new("check, then act", FailureKind.Exception, 50, () => CheckThenAct(atOnce: false), () => CheckThenAct(atOnce: true)),
        new("used before it is made", FailureKind.Exception, 20, () => UseBeforeInit(waits: false), () => UseBeforeInit(waits: true)),
        new("loop variable shared by goroutines", FailureKind.Exception, 5, () => SharedVariable(copies: false), () => SharedVariable(copies: true)),
        new("result read before the goroutine has written it", FailureKind.Exception, 5, () => ReadTooEarly(joins: false), () => ReadTooEarly(joins: true)),
        new("cache filled twice", FailureKind.Exception, 20, () => FilledTwice(shared: false), () => FilledTwice(shared: true)),
    ];

    private static async Task LostUpdate(bool atOnce)
    {
        var mutex = new GoMutex();
        int balance = 0;
        Goroutine other = Go.Run(Deposit);
        await Deposit();
        await other;
        if (balance != 2)
        {
            throw new InvalidOperationException($"the balance is {balance}");
        }

        async ValueTask Deposit()
        {
            Holder first = await mutex.LockAsync();
            int before = balance;
            if (!atOnce)
            {
                first.Dispose();
                first = await mutex.LockAsync();
            }

            balance = before + 1;
            first.Dispose();
        }
    }

    private static async Task CheckThenAct(bool atOnce)
    {
        var mutex = new GoMutex();
        var places = new HashSet<int> { 7 };
        int booked = 0;
        var all = new WaitGroup();
        for (int i = 0; i < 3; i++)
        {
            all.Spawn(Book);
        }

        await all.WaitAsync();
        if (booked != 1)
        {
            throw new InvalidOperationException($"one place was booked {booked} times");
        }

        async ValueTask Book()
        {
            Holder held = await mutex.LockAsync();
            bool free = places.Contains(7);
            if (!atOnce)
            {
                held.Dispose();
                held = await mutex.LockAsync();
            }

            if (free)
            {
                places.Remove(7);
                booked++;
            }

            held.Dispose();
        }
    }

    private static async Task UseBeforeInit(bool waits)
    {
        Chan<int>? connection = null;
        var ready = new Chan<Unit>();
        Goroutine user = Go.Run(async () =>
        {
            if (waits)
            {
                await ready.ReceiveAsync();
            }

            await connection!.SendAsync(1);
        });
        await Go.Yield();
        connection = new Chan<int>(1);
        ready.Close();
        await user;
    }

    private static async Task SharedVariable(bool copies)
    {
        var all = new WaitGroup();
        var seen = new HashSet<int>();
        int i = 0;
        for (; i < 3; i++)
        {
            int mine = i;
            all.Spawn(async () =>
            {
                await Go.Yield();
                seen.Add(copies ? mine : i);
            });
        }

        await all.WaitAsync();
        if (seen.Count != 3)
        {
            throw new InvalidOperationException($"only {seen.Count} numbers were seen");
        }
    }

    private static async Task ReadTooEarly(bool joins)
    {
        string? result = null;
        var started = new Chan<Unit>();
        Goroutine worker = Go.Run(async () =>
        {
            started.Close();
            await Go.Yield();
            result = "done";
        });
        await started.ReceiveAsync();
        if (joins)
        {
            await worker;
        }

        int length = result!.Length;
        await worker;
        GC.KeepAlive(length);
    }

    private static async Task FilledTwice(bool shared)
    {
        var flights = new SingleFlight<string, int>();
        var values = new Dictionary<string, int>();
        int fetched = 0;
        Goroutine other = Go.Run(Get);
        await Get();
        await other;
        if (fetched != 1)
        {
            throw new InvalidOperationException($"fetched {fetched} times");
        }

        async ValueTask Get()
        {
            if (values.ContainsKey("key"))
            {
                return;
            }

            if (shared)
            {
                await flights.DoAsync("key", Fetch);
            }
            else
            {
                await Fetch();
            }
        }

        async ValueTask<int> Fetch()
        {
            if (values.TryGetValue("key", out int value))
            {
                return value;
            }

            await Go.SleepAsync(TimeSpan.FromSeconds(1));
            fetched++;
            return values["key"] = 1;
        }
    }
}
