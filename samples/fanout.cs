#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Goroutines.AspNetCore/Goroutines.AspNetCore.csproj

// An API that asks several backends at once: /price waits for all of them, /fastest takes the first answer and lets go of
// the others. Both have a deadline, and no more than four requests at a time are let in. Each request is a goroutine, and
// what it spawns ends with it.
//
//     dotnet run samples/fanout.cs               the server and its callers in this program, then ends
//     dotnet run samples/fanout.cs -- URL        the server, until Ctrl+C: curl URL/price, URL/fastest
//
// Without arguments prints the answers.

using Goroutines;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseGoroutines();
builder.WebHost.UseUrls(args is [var url] ? url : "http://127.0.0.1:0");
builder.Services.AddGoroutinesWeb();
builder.Services.AddSingleton(new WeightedSemaphore(4));
builder.Services.AddHttpClient("backends");

var app = builder.Build();

// The backends, for the sake of the sample: each is as slow as it says.
app.MapGet("/backend/{name}", async (string name, int milliseconds, GoContext context) =>
{
    await Go.SleepAsync(TimeSpan.FromMilliseconds(milliseconds), context);
    return $"{name}";
});

var api = app.MapGroup("").WithGoroutine();
api.AddEndpointFilter(async (request, next) =>
{
    var room = request.HttpContext.RequestServices.GetRequiredService<WeightedSemaphore>();
    if (!room.TryAcquire())
    {
        return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    try
    {
        return await next(request);
    }
    catch (DeadlineExceededException)
    {
        return Results.StatusCode(StatusCodes.Status504GatewayTimeout);
    }
    finally
    {
        room.Release();
    }
});
api.MapGet("/price", async (int deadline, GoContext request, IHttpClientFactory clients) =>
{
    using var context = request.WithTimeout(TimeSpan.FromMilliseconds(deadline));
    var answers = new string[3];
    var group = new ErrGroup(context);
    for (var i = 0; i < answers.Length; i++)
    {
        var number = i;
        group.Spawn(async () => answers[number] = await AskAsync(clients, $"shop{number}", 20 * number, group.CancellationToken));
    }

    try
    {
        await group.WaitAsync();
    }
    catch (OperationCanceledException) when (context.Err is DeadlineExceededException late)
    {
        throw late;
    }

    return string.Join(' ', answers);
});
api.MapGet("/fastest", async (GoContext request, IHttpClientFactory clients) =>
{
    using var context = request.WithCancel();
    var answers = new Chan<string>(3);
    foreach (var (name, milliseconds) in new[] { ("slow", 60_000), ("fast", 1), ("middling", 30_000) })
    {
        Go.Spawn(async () => await answers.SendAsync(await AskAsync(clients, name, milliseconds, context)));
    }

    return await answers.TakeAsync(context); // on the way out the context lets go of the others
});

if (args.Length != 0)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
{
    Console.WriteLine($"all:     {await client.GetStringAsync("/price?deadline=10000")}");
    Console.WriteLine($"fastest: {await client.GetStringAsync("/fastest")}");
    Console.WriteLine($"late:    {(int)(await client.GetAsync("/price?deadline=10")).StatusCode}");

    // Eight at once for backends that take 40 ms: four are let in.
    var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (int)(await client.GetAsync("/price?deadline=10000")).StatusCode));
    Console.WriteLine($"crowd:   {codes.Count(code => code == 200) >= 4} {codes.All(code => code is 200 or 503)}");
}

await app.StopAsync();
Console.WriteLine("stopped");

async ValueTask<string> AskAsync(IHttpClientFactory clients, string name, int milliseconds, CancellationToken cancellationToken)
{
    var client = clients.CreateClient("backends");
    var backends = client.BaseAddress ?? new Uri(app.Urls.First()); // this program itself
    return await client.GetStringAsync(new Uri(backends, $"/backend/{name}?milliseconds={milliseconds}"), cancellationToken);
}
