#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var numbers = new Chan<int>();
    var quit = new Chan<Unit>();
    Go.Spawn(async () =>
    {
        for (int i = 0; i < 10; i++)
        {
            Console.WriteLine(await numbers.TakeAsync());
        }

        quit.Close();
    });
    await Fibonacci(numbers, quit);
});

static async ValueTask Fibonacci(Sender<int> numbers, Receiver<Unit> quit)
{
    int x = 0, y = 1;
    var select = new Select();
    var next = select.Send(numbers);
    select.Receive(quit);
    next.Value = x;                                  // what is sent if the case is chosen: set before each wait
    while (await select.WaitAsync() == next.Index)
    {
        (x, y) = (y, x + y);
        next.Value = x;
    }

    Console.WriteLine("quit");
}
