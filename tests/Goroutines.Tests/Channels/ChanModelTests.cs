using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>Random sequences of sends, receives, closes, cancellations and selects, on channels and on a simple model of them.</summary>
public class ChanModelTests
{
    private const int Length = 60;
    private const int Runs = 1500;

    [Fact]
    public void Operations_OnAThread_DoWhatTheModelDoes()
        => Samples.Check(ChanModelRun.Kinds, ChanModelRun.Channels * 4, Length, Runs, ChanModelRun.Run);

    [Fact]
    public Task Operations_InAGoroutine_DoWhatTheModelDoes() => Isolated.GoAsync(1, () =>
    {
        long id = Go.CurrentId;
        Samples.Check(ChanModelRun.Kinds, ChanModelRun.Channels * 4, Length, Runs, steps =>
        {
            Assert.Equal(id, Go.CurrentId);
            ChanModelRun.Run(steps);
        });
        return Task.CompletedTask;
    });
}
