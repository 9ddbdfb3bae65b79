using Xunit;

namespace Goroutines.Tests.Spawning;

/// <summary>Synchronous bodies need a stack of their own, which this version does not give them: it says so at once.</summary>
public class SynchronousBodyTests
{
    [Fact]
    public void SynchronousBody_IsRefusedWithAClearMessage()
    {
        Refuses(() => Go.Spawn(new Action(Body)));
        Refuses(() => Go.Run(new Action(Body)));
        Refuses(() => Go.Run(new Func<int>(BodyWithResult)));
        Refuses(() => Go.Main(new Action(Body)));
        Refuses(() => Go.Main(new Func<int>(BodyWithResult)));
    }

    private static void Refuses(Action call)
    {
        var refusal = Assert.Throws<NotSupportedException>(call);
        Assert.Contains("async", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static void Body() => Assert.Fail("a refused body ran");

    private static int BodyWithResult()
    {
        Assert.Fail("a refused body ran");
        return 0;
    }
}
