using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Scope;

[Collection(StressCollection.Name)]
public class GoScopeStressTests
{
    [Fact]
    public Task Scopes_WithRandomFailuresAndCancellation_CountWhatHappened() => Isolated.GoAsync(async () =>
    {
        int seed = Seed.Get(nameof(Scopes_WithRandomFailuresAndCancellation_CountWhatHappened));
        var random = new Random(seed);
        for (int round = 0; round < Load.Times(300); round++)
        {
            int children = random.Next(1, 20);
            int failing = random.Next(0, 3);
            bool cancel = random.Next(4) == 0;
            using var source = new CancellationTokenSource();
            int started = 0;
            int ended = 0;
            Exception? thrown = await Record.ExceptionAsync(async () => await Go.ScopeAsync(
                async scope =>
                {
                    for (int i = 0; i < children; i++)
                    {
                        bool fails = i < failing;
                        int yields = random.Next(4);
                        started++;
                        Func<ValueTask> body = async () =>
                        {
                            try
                            {
                                for (int y = 0; y < yields; y++)
                                {
                                    await Go.Yield();
                                }

                                if (fails)
                                {
                                    throw new InvalidOperationException("planned");
                                }

                                await Go.SleepAsync(TimeSpan.FromMicroseconds(yields), scope.CancellationToken);
                            }
                            finally
                            {
                                Interlocked.Increment(ref ended);
                            }
                        };
                        if (i % 2 == 0)
                        {
                            scope.Spawn(body);
                        }
                        else
                        {
                            _ = scope.Run(body);
                        }
                    }

                    if (cancel)
                    {
                        await source.CancelAsync();
                    }
                },
                source.Token));
            Assert.Equal(started, ended);
            int failures = thrown switch
            {
                null => 0,
                AggregateException several => several.InnerExceptions.Count,
                OperationCanceledException => 0,
                _ => 1,
            };
            Assert.Equal(Math.Min(failing, children), failures);
            Assert.True(thrown is not OperationCanceledException || cancel, "Cancelled, though nobody cancelled.");
        }
    });
}
