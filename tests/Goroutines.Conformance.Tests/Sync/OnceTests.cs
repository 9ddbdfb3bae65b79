using Xunit;

namespace Goroutines.Conformance.Tests.Sync;

/// <summary>Go's sync/once_test.go.</summary>
public class OnceTests
{
    [Theory(DisplayName = "go: sync/once_test.go TestOnce")]
    [InlineData(1)]
    [InlineData(4)]
    public Task Do_TenGoroutines_RunsOneActionBeforeAnyReturns(int maxProcs) => OnStacks.RunAsync(maxProcs, () =>
    {
        var once = new Once();
        int runs = 0;
        OnStacks.Join(OnStacks.Start(10, _ =>
        {
            once.Do(() => runs++);
            Assert.Equal(1, runs);
        }));
        Assert.Equal(1, runs);
    });

    [Fact(DisplayName = "go: sync/once_test.go TestOncePanic")]
    public void Do_ActionThrows_CountsAsDone()
    {
        var once = new Once();
        var failure = new InvalidOperationException("failed");
        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => once.Do(() => throw failure)));
        once.Do(static () => Assert.Fail("A second action was run."));
    }
}
