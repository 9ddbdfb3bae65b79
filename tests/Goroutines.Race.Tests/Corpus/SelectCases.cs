using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What select_test.go of Go's race detector checks.</summary>
[GoFile("select_test.go")]
internal static class SelectCases
{
    internal static async Task NoRaceSelect1()
    {
        int x = 0;
        Chan<bool> done = new();
        Chan<bool> c = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            x = 1;
            await SendOrReceive(c, true, other);
            await done.SendAsync(true);
        });
        await ReceiveOrReceive(c, other);
        x = 2;
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task NoRaceSelect2()
    {
        int x = 0;
        Chan<bool> done = new();
        Chan<bool> c = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            await ReceiveOrReceive(c, other);
            x = 1;
            await done.SendAsync(true);
        });
        x = 2;
        c.Close();
        await Go.Yield();
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceSelect3()
    {
        int x = 0;
        Chan<bool> done = new();
        Chan<bool> c = new(10);
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            x = 1;
            await SendOrReceive(c, true, other);
            await done.SendAsync(true);
        });
        await c.ReceiveAsync();
        x = 2;
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task NoRaceSelect4()
    {
        Chan<(Action Do, Chan<bool> Done)> queue = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            Select select = new();
            ReceiveCase<(Action Do, Chan<bool> Done)> work = select.Receive(queue);
            await select.WaitAsync();
            work.Value.Do();
            await work.Value.Done.SendAsync(true);
        });
        int x = 0;
        Chan<bool> done = new(1);
        await SendOrReceive(queue, (() => x = 1, done), other);
        await ReceiveOrReceive(done, other);
        Use(x);
    }

    internal static async Task NoRaceSelect5()
    {
        foreach ((bool selects, bool yields) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            int x = 0;
            Chan<bool> c = new();
            Chan<bool> other = new();
            Chan<bool> done = new(2);
            Go.Spawn(async () =>
            {
                if (yields)
                {
                    await Go.Yield();
                }

                x = 1;
                if (selects)
                {
                    await SendOrReceive(c, true, other);
                }
                else
                {
                    await c.SendAsync(true);
                }

                await done.SendAsync(true);
            });
            Go.Spawn(async () =>
            {
                if (selects)
                {
                    await ReceiveOrReceive(c, other);
                }
                else
                {
                    await c.ReceiveAsync();
                }

                x = 1;
                await done.SendAsync(true);
            });
            await Drain(done, 2);
        }
    }

    internal static async Task RaceSelect1()
    {
        int x = 0;
        Chan<bool> done = new(2);
        Chan<bool> c = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            await c.ReceiveAsync();
            await c.ReceiveAsync();
        });
        Go.Spawn(Sender);
        Go.Spawn(Sender);
        await Drain(done, 2);

        async ValueTask Sender()
        {
            await SendOrSend(c, true, other, true);
            x = 1;
            await done.SendAsync(true);
        }
    }

    internal static async Task RaceSelect2()
    {
        int x = 0;
        Chan<bool> done = new();
        Chan<bool> c = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            x = 1;
            await ReceiveOrReceive(c, other);
            await done.SendAsync(true);
        });
        c.Close();
        x = 2;
        await done.ReceiveAsync();
        Use(x);
    }

    internal static async Task RaceSelect3()
    {
        int x = 0;
        Chan<bool> done = new();
        Chan<bool> c = new();
        Chan<bool> other = new();
        Go.Spawn(async () =>
        {
            x = 1;
            await SendOrSend(c, true, other, true);
            await done.SendAsync(true);
        });
        x = 2;
        Select select = new();
        select.Receive(c);
        await select.WaitAsync();
        await done.ReceiveAsync();
    }

    internal static async Task RaceSelect4()
    {
        Chan<bool> done = new(1);
        int x = 0;
        Go.Spawn(async () =>
        {
            if (!new Select().TryWait(out _))
            {
                x = 2;
            }

            await done.SendAsync(true);
        });
        Use(x);
        await done.ReceiveAsync();
    }

    internal static async Task RaceSelect5()
    {
        Chan<bool> done = new(1);
        Chan<bool> c1 = new(1);
        Chan<bool> c2 = new();
        int x = 0;
        int y = 0;
        Go.Spawn(async () =>
        {
            if (await SendOrSend(c1, true, c2, true) == 0)
            {
                x = 1;
            }
            else
            {
                y = 1;
            }

            await done.SendAsync(true);
        });
        Use(x);
        Use(y);
        await done.ReceiveAsync();
    }
}
