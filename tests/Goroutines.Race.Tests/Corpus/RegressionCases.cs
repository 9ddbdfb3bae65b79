using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What regression_test.go of Go's race detector checks.</summary>
[GoFile("regression_test.go")]
internal static class RegressionCases
{
    internal static async Task RaceUnaddressableMapLen()
    {
        Dictionary<int, Dictionary<int, int>> m = new() { [0] = [] };
        await Beside(() => Use(m[0].Count), () => m[0][0] = 1);
    }

    internal static async Task NoRaceStackPushPop()
    {
        Stack<int> s = new();
        Chan<bool> done = new(1);
        Go.Spawn(
            async given =>
            {
                Use(given);
                await done.SendAsync(true);
            },
            s);
        s.Push(1);
        Use(s.Pop());
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceRpcChan()
    {
        int made = 0;
        Use(await (await Make()).ReceiveAsync());
        if (made != 1)
        {
            throw new InvalidOperationException($"{made} channels were made, not one");
        }

        async ValueTask<Chan<bool>> Make()
        {
            made++;
            Chan<bool> channel = new(1);
            await channel.SendAsync(true);
            return channel;
        }
    }

    internal static async Task NoRaceReturn()
    {
        Chan<int> done = new();
        Use(Returned());
        await done.ReceiveAsync();

        (int First, int Second) Returned()
        {
            int a = 42;
            Go.Spawn(async () =>
            {
                Use(a);
                await done.SendAsync(1);
            });
            return (a, 10);
        }
    }

    internal static Task NoRaceForInfiniteLoop()
    {
        IFlag x = new Never();
        while (x.Flag())
        {
        }

        return Task.CompletedTask;
    }

    private interface IFlag
    {
        bool Flag();
    }

    private readonly struct Never : IFlag
    {
        public bool Flag() => false;
    }
}
