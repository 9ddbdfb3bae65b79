#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Goroutines.AspNetCore/Goroutines.AspNetCore.csproj

// A pipeline in the background of a web application: POST /jobs takes a number, three supervised goroutines work on what
// comes, GET /results streams what is done as lines of JSON, GET /health says how the goroutines are. A job of zero makes a
// worker fail: it is logged and started again.
//
//     dotnet run samples/background.cs           the server and a client in this program, then ends
//     dotnet run samples/background.cs -- URL    the server, until Ctrl+C
//
// The goroutines' own page is at /debug/goroutines/.

using System.Text.Json.Serialization;
using Goroutines;
using Goroutines.AspNetCore;
using Goroutines.Hosting;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.None);
builder.WebHost.UseGoroutines();
builder.WebHost.UseUrls(args is [var url] ? url : "http://127.0.0.1:0");
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, Json.Default));
builder.Services.AddGoroutinesWeb();
builder.Services.AddGoroutinesTelemetry();
builder.Services.AddHealthChecks().AddGoroutines();
builder.Services.AddSingleton<Pipeline>();
for (var i = 0; i < 3; i++)
{
    builder.Services.AddGoroutine<Worker>(options => options.FirstDelay = TimeSpan.FromMilliseconds(1));
}

var app = builder.Build();
app.MapPost("/jobs/{number:int}", async (int number, Pipeline pipeline, GoContext context) => await pipeline.Jobs.SendAsync(number, context));
app.MapGet("/results", (Pipeline pipeline) => GoResults.JsonLines(pipeline.Results.Receiver));
app.MapHealthChecks("/health");
app.MapGoroutines().AllowAnonymous(); // it listens on the loopback: elsewhere RequireAuthorization(...)

if (args.Length != 0)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
{
    using var results = new StreamReader(await client.GetStreamAsync("/results"));
    foreach (var number in new[] { 1, 2, 0, 0, 0, 0, 3, 4 })
    {
        using var response = await client.PostAsync($"/jobs/{number}", null);
        response.EnsureSuccessStatusCode();
    }

    var lines = new List<string?>();
    for (var i = 0; i < 4; i++)
    {
        lines.Add(await results.ReadLineAsync());
    }

    Console.WriteLine(string.Join('\n', lines.Order()));
    Console.WriteLine(await client.GetStringAsync("/health"));
    Console.WriteLine((await client.GetStringAsync("/debug/goroutines/api/dump")).Contains("chan receive") ? "the dump shows who waits" : "no dump");
}

await app.StopAsync();
Console.WriteLine("stopped");

/// <summary>What goes through the pipeline.</summary>
internal sealed class Pipeline
{
    internal Chan<int> Jobs { get; } = new(10);

    internal Chan<Result> Results { get; } = new(100);
}

/// <summary>One of the workers; each start has an object of its own.</summary>
internal sealed class Worker(Pipeline pipeline) : IGoroutineBody
{
    public async ValueTask RunAsync(GoContext context)
    {
        while (await pipeline.Jobs.ReceiveAsync(context) is (var number, true))
        {
            await pipeline.Results.SendAsync(new Result(number, 120 / number), context);
        }
    }
}

internal sealed record Result(int Number, int Share);

[JsonSerializable(typeof(Result))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class Json : JsonSerializerContext;
