#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

using var request = new CancellationTokenSource();
using CancelContext limited = GoContext.From(request.Token).WithTimeout(TimeSpan.FromMilliseconds(5));
try
{
    await Go.SleepAsync(Timeout.InfiniteTimeSpan, limited);
}
catch (OperationCanceledException)
{
    Console.WriteLine(limited.Err is DeadlineExceededException ? "it took too long" : "the request was cancelled");
}
