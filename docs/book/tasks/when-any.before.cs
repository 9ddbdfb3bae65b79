using System.Threading.Channels;

var news = Channel.CreateUnbounded<string>();
var mail = Channel.CreateUnbounded<string>();
await mail.Writer.WriteAsync("a letter");

using var stopNews = new CancellationTokenSource();
using var stopMail = new CancellationTokenSource();
Task<string> fromNews = news.Reader.ReadAsync(stopNews.Token).AsTask();
Task<string> fromMail = mail.Reader.ReadAsync(stopMail.Token).AsTask();
Task<string> first = await Task.WhenAny(fromNews, fromMail);
Console.WriteLine(await first);

// The loser still reads, and what it takes is lost unless its task is looked at: stop it, and look at it.
await stopNews.CancelAsync();
try
{
    Console.WriteLine($"read too much: {await fromNews}");
}
catch (OperationCanceledException)
{
}

await news.Writer.WriteAsync("a headline");
Console.WriteLine(await news.Reader.ReadAsync());
