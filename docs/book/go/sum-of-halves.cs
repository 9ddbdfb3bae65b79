#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    int[] numbers = [7, 2, 8, -9, 4, 0];
    Goroutine<int> left = Go.Run(Sum, numbers[..3]);
    Goroutine<int> right = Go.Run(Sum, numbers[3..]);

    int x = await left, y = await right;
    Console.WriteLine($"{int.Max(x, y)} {int.Min(x, y)} {x + y}");
});

static async ValueTask<int> Sum(int[] numbers)
{
    await Go.Yield();
    return numbers.Sum();
}
