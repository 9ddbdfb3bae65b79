#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var group = new WaitGroup();
    int[] squares = new int[5];

    int i = 0;
    while (i < squares.Length)
    {
        group.Spawn(Square, squares, i);         // i is evaluated here; `() => Square(squares, i)` would read it when it runs
        i++;
    }

    await group.WaitAsync();
    Console.WriteLine($"[{string.Join(' ', squares)}]");
});

static async ValueTask Square(int[] squares, int i)
{
    await Go.Yield();
    squares[i] = i * i;
}
