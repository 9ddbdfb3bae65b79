using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of operators and branches.</summary>
[GoFile("mop_test.go")]
internal static class OperatorCases
{
    internal static async Task RaceIntRWClosures()
    {
        int x = 0;
        int y = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceInt32RWClosures()
    {
        uint x = 0;
        uint y = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceCaseCondition()
    {
        int x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 2;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            if (x < 2)
            {
                x = 1;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceCaseCondition2()
    {
        int x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 2;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            x = x < 2 ? 1 : 5;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceCaseBody()
    {
        int x = 0;
        int y = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            switch (x)
            {
                case 100:
                    x = -x;
                    break;
                default:
                    x = 1;
                    break;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task NoRaceCaseFallthrough()
    {
        int x = 0;
        int y = 0;
        int z = 1;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            switch (z)
            {
                case 1:
                    break;
                case 2:
                    x = 2;
                    break;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceCaseFallthrough()
    {
        int x = 0;
        int y = 0;
        int z = 1;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            switch (z)
            {
                case 1:
                    goto case 2;
                case 2:
                    x = 2;
                    break;
            }

            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RacePlus()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x + z;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = x + z + z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RacePlus2()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 1;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = +x + z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task NoRacePlus()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        int f = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            y = x + z;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            f = z + x;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceComplement()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = ~y;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = ~z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceDiv()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = y / (z + 1);
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceDivConst()
    {
        uint x = 0;
        uint y = 0;
        uint z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = y / 3;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceMod()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = y % (z + 1);
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceModConst()
    {
        int x = 0;
        int y = 0;
        int z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = y % 3;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceRotate()
    {
        uint x = 0;
        uint y = 0;
        uint z = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = (y << 12) | (y >> 20);
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            y = z;
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }

    internal static async Task RaceFuncArgument2()
    {
        int x = 0;
        Chan<bool> done = new(2);
        Go.Spawn(async () =>
        {
            x = 42;
            await done.SendAsync(true);
        });
        Go.Spawn(async () =>
        {
            Use(x);
            await done.SendAsync(true);
        });
        await Drain(done, 2);
    }
}
