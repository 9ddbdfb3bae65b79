using Goroutines;

namespace Tour.Steps;

/// <summary>Goroutines that end with the code that started them.</summary>
internal sealed class Scopes : Step
{
    private const int Children = 1000;

    internal override string Title => "Scopes";

    internal override string Shows =>
        $"{Children:N0} goroutines of a scope give results; in a second scope one fails, the others are cancelled, and all end before it throws.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var sum = await Go.ScopeAsync(async scope =>
        {
            var results = Enumerable.Range(1, Children).Select(n => scope.Run(async () =>
            {
                await Go.Yield();
                return n;
            })).ToArray();
            var sum = 0;
            foreach (var result in results)
            {
                sum += await result;
            }

            return sum;
        });

        var running = 0;
        var cancelled = 0;
        var failure = "";
        try
        {
            await Go.ScopeAsync(scope =>
            {
                for (var i = 0; i < Children; i++)
                {
                    var fails = i == Children / 2;
                    scope.Spawn(async () =>
                    {
                        Interlocked.Increment(ref running);
                        try
                        {
                            await Go.SleepAsync(fails ? TimeSpan.FromMilliseconds(5) : Timeout.InfiniteTimeSpan, scope.CancellationToken);
                        }
                        catch (OperationCanceledException)
                        {
                            Interlocked.Increment(ref cancelled);
                            throw;
                        }
                        finally
                        {
                            Interlocked.Decrement(ref running);
                        }

                        throw new InvalidDataException("one of them failed");
                    });
                }

                return default;
            });
        }
        catch (InvalidDataException e)
        {
            failure = e.Message;
        }

        findings.Fact("sum of the results", Format.Count(sum));
        findings.Fact("the second scope threw", failure);
        findings.Fact("cancelled", $"{Format.Count(cancelled)} goroutines");
        findings.Check("all results came back", sum == Children * (Children + 1) / 2);
        findings.Check("the failure came out as it was, when all had ended", failure.Length > 0 && cancelled == Children - 1 && running == 0);
    });
}
