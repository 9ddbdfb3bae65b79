#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    await Go.Run(Work);                              // the handle is what Go makes a channel for
    Console.WriteLine("all done");
});

static async ValueTask Work()
{
    Console.WriteLine("working");
    await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
    Console.WriteLine("worked");
}
