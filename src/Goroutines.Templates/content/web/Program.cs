using Goroutines;
using Goroutines.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseGoroutines();                                     // Kestrel's connections on the scheduler's poller and workers
builder.Services.AddGoroutinesWeb();                                 // a runtime for the host; contexts and scopes in requests
builder.Services.AddHealthChecks().AddGoroutines();

var app = builder.Build();
app.MapHealthChecks("/health");

app.MapGet("/", () => "Hello from goroutines");

// Asks three back ends at once. What has not answered within half a second is left out, and is told to stop.
app.MapGet("/quotes", async (GoContext context) =>
{
    using CancelContext limited = context.WithTimeout(TimeSpan.FromMilliseconds(500));
    string[] sources = ["east", "west", "north"];
    var quotes = new Chan<Quote>(capacity: sources.Length);
    foreach (string source in sources)
    {
        Go.Spawn(async () => await quotes.SendAsync(await AskAsync(source, limited)));
    }

    List<Quote> answers = [];
    try
    {
        while (answers.Count < sources.Length)
        {
            answers.Add(await quotes.TakeAsync(limited));
        }
    }
    catch (OperationCanceledException) when (limited.Err is DeadlineExceededException)
    {
    }

    return answers;
}).WithGoroutine();                                                  // a request is a goroutine of the host's runtime, and so are those it spawns

// A stream of server-sent events, for as long as the client listens.
app.MapGet("/time", () => GoResults.ServerSentEvents<string>(async (times, context) =>
{
    using var ticker = new Ticker(TimeSpan.FromSeconds(1));
    while (true)
    {
        DateTimeOffset now = await ticker.C.TakeAsync(context);
        await times.SendAsync($"{now:T}", context);
    }
}));

await app.RunAsync();

static async ValueTask<Quote> AskAsync(string source, GoContext context)
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(100)), context);    // your back end here
    return new Quote(source, Random.Shared.Next(90, 110));
}

internal sealed record Quote(string Source, int Price);
