#:project ../src/Goroutines/Goroutines.csproj

// A pipeline: each stage is a goroutine that reads one channel and writes the next; closing runs down the line.
// Prints the squares of 1 to 5, then the sum of the squares of 1 to 1000 (333833500).

using Goroutines;

Go.Main(async () =>
{
    await foreach (var square in Square(Count(5)))
    {
        Console.WriteLine(square);
    }

    long sum = 0;
    await foreach (var square in Square(Count(1000)))
    {
        sum += square;
    }

    Console.WriteLine($"sum: {sum}");
});

static Receiver<int> Count(int last)
{
    var numbers = new Chan<int>();
    Go.Spawn(async () =>
    {
        for (var n = 1; n <= last; n++)
        {
            await numbers.SendAsync(n);
        }

        numbers.Close();
    });
    return numbers;
}

static Receiver<int> Square(Receiver<int> numbers)
{
    var squares = new Chan<int>(capacity: 16);
    Go.Spawn(async () =>
    {
        await foreach (var n in numbers)
        {
            await squares.SendAsync(n * n);
        }

        squares.Close();
    });
    return squares;
}
