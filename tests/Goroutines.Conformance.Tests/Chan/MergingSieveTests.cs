using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/chan/sieve2.go</c>: the sieve of Eratosthenes over odd numbers. One goroutine merges the multiples of the
/// primes found so far, another strikes them out of the candidates and feeds the primes that are left back to the first.
/// </summary>
public class MergingSieveTests
{
    [Fact(DisplayName = "go: test/chan/sieve2.go")]
    public Task MergedMultiples_StruckOutOfTheOddNumbers_GiveThePrimes() => GoProgram.RunAsync(async () =>
    {
        Receiver<int> primes = Sieve();
        foreach (int expected in Primes.BelowHundred)
        {
            Assert.Equal(expected, (await primes.ReceiveAsync()).Value);
        }
    });

    private static Receiver<int> Sieve()
    {
        var found = new Chan<int>(10);
        var feedback = new Chan<int>(10);
        var composites = new Chan<int>(50);
        Go.Spawn(() => Merge(feedback, composites));
        Go.Spawn(() => StrikeOut(composites, UnboundedInto(feedback), found));
        return found;
    }

    /// <summary>Sends the multiples of every prime, in order and each once.</summary>
    private static async ValueTask Merge(Receiver<int> primes, Sender<int> composites)
    {
        PriorityQueue<Receiver<int>, int> heads = new();
        while (true)
        {
            Receiver<int> multiples = Progression((await primes.ReceiveAsync()).Value);
            int square = (await multiples.ReceiveAsync()).Value;

            // All that is below the new prime's square comes from the primes there are.
            while (heads.TryPeek(out Receiver<int> least, out int composite) && composite <= square)
            {
                heads.DequeueEnqueue(least, (await least.ReceiveAsync()).Value);
                bool again = heads.TryPeek(out _, out int next) && next == composite;
                if (composite < square && !again)
                {
                    await composites.SendAsync(composite);
                }
            }

            await composites.SendAsync(square);
            heads.Enqueue(multiples, (await multiples.ReceiveAsync()).Value);
        }

        static Receiver<int> Progression(int prime) => Count(prime * prime, 2 * prime, 10);
    }

    private static async ValueTask StrikeOut(Receiver<int> composites, Sender<int> feedback, Sender<int> found)
    {
        await found.SendAsync(2);
        await found.SendAsync(3);
        await feedback.SendAsync(3);
        Receiver<int> candidates = Count(5, 2, 50);
        int candidate = (await candidates.ReceiveAsync()).Value;
        await foreach (int composite in composites)
        {
            while (candidate < composite)
            {
                await feedback.SendAsync(candidate);
                await found.SendAsync(candidate);
                candidate = (await candidates.ReceiveAsync()).Value;
            }

            if (candidate == composite)
            {
                candidate = (await candidates.ReceiveAsync()).Value;
            }
        }
    }

    private static Receiver<int> Count(int from, int step, int capacity)
    {
        var numbers = new Chan<int>(capacity);
        Go.Spawn(async () =>
        {
            for (int number = from; ; number += step)
            {
                await numbers.SendAsync(number);
            }
        });
        return numbers;
    }

    /// <summary>
    /// A channel in front of <paramref name="output"/> that takes everything. The merger wants a new prime only when it has
    /// reached the square of the last, so without it the sieve would soon wait for its own end.
    /// </summary>
    private static Sender<int> UnboundedInto(Sender<int> output)
    {
        var input = new Chan<int>(10);
        Go.Spawn(async () =>
        {
            Queue<int> held = new();
            var select = new Select();
            ReceiveCase<int> more = select.Receive(input);
            SendCase<int> pass = select.Send(output);
            while (true)
            {
                pass.Enabled = held.TryPeek(out int first);
                pass.Value = first;
                if (await select.WaitAsync() == more.Index)
                {
                    held.Enqueue(more.Value);
                }
                else
                {
                    held.Dequeue();
                }
            }
        });
        return input;
    }
}
