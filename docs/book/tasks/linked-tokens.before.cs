using var request = new CancellationTokenSource();
using var limited = CancellationTokenSource.CreateLinkedTokenSource(request.Token);
limited.CancelAfter(TimeSpan.FromMilliseconds(5));
try
{
    await Task.Delay(Timeout.InfiniteTimeSpan, limited.Token);
}
catch (OperationCanceledException)
{
    // Which of the two was it? Ask them.
    Console.WriteLine(request.IsCancellationRequested ? "the request was cancelled" : "it took too long");
}
