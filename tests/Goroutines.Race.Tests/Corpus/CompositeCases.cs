using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What comp_test.go of Go's race detector checks. Conversions between types of one layout do not exist: the conversions copy.</summary>
[GoFile("comp_test.go")]
internal static class CompositeCases
{
    internal static async Task NoRaceComp()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.Second.X = 1;
            await done.SendAsync(true);
        });
        s.Second.Y = 2;
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceComp2()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.First.X = 1;
            await done.SendAsync(true);
        });
        s.First.Y = 2;
        await done.ReceiveAsync();
    }

    internal static async Task RaceComp()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.Second.Y = 1;
            await done.SendAsync(true);
        });
        s.Second.Y = 2;
        await done.ReceiveAsync();
    }

    internal static async Task RaceComp2()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.First.X = 1;
            await done.SendAsync(true);
        });
        s = default;
        await done.ReceiveAsync();
    }

    internal static async Task RaceComp3()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.Second.Y = 1;
            await done.SendAsync(true);
        });
        s = new Pair();
        await done.ReceiveAsync();
    }

    internal static async Task RaceCompArray()
    {
        Chan<bool> done = new(1);
        Pair[] s = new Pair[10];
        int x = 4;
        Go.Spawn(async () =>
        {
            s[x].Second.Y = 1;
            await done.SendAsync(true);
        });
        x = 5;
        await done.ReceiveAsync();
    }

    internal static async Task RaceConv1()
    {
        Chan<bool> done = new(1);
        Point p = default;
        Go.Spawn(async () =>
        {
            p.X = 1;
            await done.SendAsync(true);
        });
        Use(((Other)p).X);
        await done.ReceiveAsync();
    }

    internal static async Task RaceConv2()
    {
        Chan<bool> done = new(1);
        Point[] place = new Point[1];
        Go.Spawn(async () =>
        {
            place[0].X = 1;
            await done.SendAsync(true);
        });
        Use(Converted(ref place[0]).X);
        await done.ReceiveAsync();

        static Other Converted(ref Point point) => (Other)point;
    }

    internal static async Task RaceConv3()
    {
        Chan<bool> done = new(1);
        Pair s = default;
        Go.Spawn(async () =>
        {
            s.First.X = 1;
            await done.SendAsync(true);
        });
        Pair copy = s;
        Use(((Other)copy.First).X);
        await done.ReceiveAsync();
    }

    internal static async Task RaceConv4()
    {
        Chan<bool> done = new(1);
        Point[] v = new Point[4];
        Go.Spawn(async () =>
        {
            v[1].X = 1;
            await done.SendAsync(true);
        });
        Use(((Other)v[1]).X);
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceCompPtr()
    {
        Chan<bool> done = new(1);
        References p = new() { First = new Node(), Second = new Node() };
        Go.Spawn(async () =>
        {
            p.First.X = 1;
            await done.SendAsync(true);
        });
        p.First.Y = 2;
        await done.ReceiveAsync();
    }

    internal static async Task NoRaceCompPtr2()
    {
        Chan<bool> done = new(1);
        References p = new() { First = new Node(), Second = new Node() };
        Go.Spawn(async () =>
        {
            p.First.X = 1;
            await done.SendAsync(true);
        });
        Use(p);
        await done.ReceiveAsync();
    }

    internal static async Task RaceCompPtr()
    {
        Chan<bool> done = new(1);
        References p = new() { First = new Node(), Second = new Node() };
        Go.Spawn(async () =>
        {
            p.Second.X = 1;
            await done.SendAsync(true);
        });
        p.Second.X = 2;
        await done.ReceiveAsync();
    }

    internal static async Task RaceCompPtr2()
    {
        Chan<bool> done = new(1);
        References p = new() { First = new Node(), Second = new Node() };
        Go.Spawn(async () =>
        {
            p.Second.X = 1;
            await done.SendAsync(true);
        });
        p.Second = new Node();
        await done.ReceiveAsync();
    }

    private struct Point
    {
        internal int X;
        internal int Y;
    }

    private struct Other
    {
        internal int X;
        internal int Y;

        public static explicit operator Other(Point point) => new() { X = point.X, Y = point.Y };
    }

    private struct Pair
    {
        internal Point First;
        internal Point Second;
    }

    private struct References
    {
        internal Node First;
        internal Node Second;
    }

    private sealed class Node
    {
        internal int X;
        internal int Y;
    }
}
