#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    using CancelContext brief = GoContext.Background.WithTimeout(TimeSpan.FromMilliseconds(5));
    await Try(brief);
    Console.WriteLine(brief.Err is DeadlineExceededException ? "true" : "false");

    using CancelContext stopped = GoContext.Background.WithCancel();
    stopped.Cancel(new InvalidOperationException("the user left"));
    await Try(stopped);
    Console.WriteLine(stopped.Cause!.Message);

    Console.WriteLine(await LookUp(GoContext.Background, TimeSpan.FromMilliseconds(1)));
});

static async ValueTask Try(GoContext context)
{
    try
    {
        Console.WriteLine(await LookUp(context, TimeSpan.FromHours(1)));
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine(context.Err!.Message);     // why it ended
    }
}

static async ValueTask<string> LookUp(GoContext context, TimeSpan takes)
{
    await Go.SleepAsync(takes, context);             // a context is a CancellationToken where one is wanted
    return "found";
}
