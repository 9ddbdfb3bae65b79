#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    using var first = new GoTimer(TimeSpan.FromMilliseconds(5));
    await first.C.TakeAsync();
    Console.WriteLine("the first fired");

    using GoTimer second = GoTimer.AfterFunc(TimeSpan.FromHours(1), () => Console.WriteLine("never printed"));
    if (second.Stop())
    {
        Console.WriteLine("the second was stopped");
    }

    using var third = new GoTimer(TimeSpan.FromHours(1));
    third.Reset(TimeSpan.FromMilliseconds(1));
    await third.C.TakeAsync();
    Console.WriteLine("the third was moved, and fired");
});
