using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/sieve1.go</c>: the primes, through a filter for each prime found.</summary>
public class SieveTests
{
    [Fact(DisplayName = "go: test/chan/sieve1.go")]
    public Task ChainOfFilters_GivesThePrimes() => GoProgram.RunAsync(async () =>
    {
        Receiver<int> numbers = Count();
        foreach (int expected in Primes.BelowHundred)
        {
            int prime = (await numbers.ReceiveAsync()).Value;
            Assert.Equal(expected, prime);
            numbers = WithoutMultiples(numbers, prime);
        }
    });

    private static Receiver<int> Count()
    {
        var numbers = new Chan<int>();
        Go.Spawn(async () =>
        {
            for (int n = 2; ; n++)
            {
                await numbers.SendAsync(n);
            }
        });
        return numbers;
    }

    private static Receiver<int> WithoutMultiples(Receiver<int> numbers, int prime)
    {
        var rest = new Chan<int>();
        Go.Spawn(async () =>
        {
            await foreach (int number in numbers)
            {
                if (number % prime != 0)
                {
                    await rest.SendAsync(number);
                }
            }
        });
        return rest;
    }
}
