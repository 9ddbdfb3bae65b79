using System.Collections.Concurrent;

namespace Goroutines.Testing.Tests.KnownBugs;

/// <summary>The programs without the bugs.</summary>
internal static partial class OrderBugs
{
    internal static async Task LostUpdateFixed()
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

            balance = before + 1;
            first.Dispose();
        }
    }

    internal static async Task CheckThenActFixed()
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

            if (free)
            {
                places.Remove(7);
                booked++;
            }

            held.Dispose();
        }
    }

    internal static async Task UseBeforeInitFixed()
    {
        Chan<int>? connection = null;
        var ready = new Chan<Unit>();
        Goroutine user = Go.Run(async () =>
        {
            await ready.ReceiveAsync();

            await connection!.SendAsync(1);
        });
        await Go.Yield();
        connection = new Chan<int>(1);
        ready.Close();
        await user;
    }

    internal static async Task SharedVariableFixed()
    {
        var all = new WaitGroup();
        var seen = new ConcurrentDictionary<int, bool>();
        int i = 0;
        for (; i < 3; i++)
        {
            int mine = i;
            all.Spawn(async () =>
            {
                await Go.Yield();
                seen.TryAdd(mine, true);
            });
        }

        await all.WaitAsync();
        if (seen.Count != 3)
        {
            throw new InvalidOperationException($"only {seen.Count} numbers were seen");
        }
    }

    internal static async Task ReadTooEarlyFixed()
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
        await worker;

        int length = result!.Length;
        await worker;
        GC.KeepAlive(length);
    }

    internal static async Task FilledTwiceFixed()
    {
        var flights = new SingleFlight<string, int>();
        var values = new ConcurrentDictionary<string, int>();
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

            await flights.DoAsync("key", Fetch);
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
