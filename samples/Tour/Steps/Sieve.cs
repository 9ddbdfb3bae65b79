using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>A pipeline that grows: the prime sieve of the Go tutorials.</summary>
internal sealed class Sieve : Step
{
    private const int Primes = 1000;
    private const int LastPrime = 7919;

    internal override string Title => "A pipeline of a thousand stages";

    internal override string Shows =>
        "The prime sieve: each prime adds a goroutine that passes on what it doesn't divide.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var clock = Stopwatch.StartNew();
        using var source = new CancellationTokenSource();
        var stages = new List<Goroutine>();

        var numbers = new Chan<int>();
        stages.Add(Go.Run(() => CountAsync(numbers, source.Token)));

        Receiver<int> line = numbers;
        var prime = 0;
        for (var i = 0; i < Primes; i++)
        {
            (prime, _) = await line.ReceiveAsync();
            var next = new Chan<int>();
            var (from, divisor) = (line, prime);
            stages.Add(Go.Run(() => FilterAsync(from, next, divisor, source.Token)));
            line = next;
        }

        findings.Fact($"the {Primes}th prime", Format.Count(prime));
        findings.Fact("found in", Format.Time(clock.Elapsed));
        findings.Check($"it is {LastPrime}", prime == LastPrime);

        await source.CancelAsync();
        foreach (var stage in stages)
        {
            await stage;
        }

        findings.Check($"cancelled, all {stages.Count} stages ended", true);
    });

    private static async ValueTask CountAsync(Sender<int> numbers, CancellationToken cancellationToken)
    {
        try
        {
            for (var n = 2; ; n++)
            {
                await numbers.SendAsync(n, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async ValueTask FilterAsync(
        Receiver<int> from, Sender<int> to, int divisor, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var (n, _) = await from.ReceiveAsync(cancellationToken);
                if (n % divisor != 0)
                {
                    await to.SendAsync(n, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
