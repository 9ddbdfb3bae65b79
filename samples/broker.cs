#:sdk Microsoft.NET.Sdk.Web
#:project ../src/Goroutines.AspNetCore/Goroutines.AspNetCore.csproj

// A broker of server-sent events: POST /topics/NAME publishes a text, GET /topics/NAME streams what is published from then
// on. One goroutine owns the subscriptions; a subscriber that is too slow is dropped, so that it delays no other.
//
//     dotnet run samples/broker.cs               the server and two subscribers in this program, then ends
//     dotnet run samples/broker.cs -- URL        the server, until Ctrl+C: curl -N URL/topics/news, curl -d hello URL/topics/news
//
// Without arguments prints what the subscribers get.

using Goroutines;
using Goroutines.AspNetCore;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseGoroutines();
builder.WebHost.UseUrls(args is [var url] ? url : "http://127.0.0.1:0");
builder.Services.AddGoroutinesWeb();
builder.Services.AddSingleton<Broker>();
builder.Services.AddGoroutine("broker", static (services, context) => services.GetRequiredService<Broker>().RunAsync(context));

var app = builder.Build();
app.MapPost("/topics/{topic}", async (string topic, HttpRequest request, Broker broker, GoContext context) =>
{
    using var body = new StreamReader(request.Body);
    return $"{await broker.PublishAsync(topic, await body.ReadToEndAsync(context), context)} subscribers\n";
});
app.MapGet("/topics/{topic}", (string topic, Broker broker) => GoResults.ServerSentEvents<string>((events, gone) => broker.SubscribeAsync(topic, events, gone), topic));

if (args.Length != 0)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
using (var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) })
{
    using var news = new StreamReader(await client.GetStreamAsync("/topics/news"));
    using var sport = new StreamReader(await client.GetStreamAsync("/topics/sport"));
    await PublishAsync("news", "rain", 1);
    await PublishAsync("sport", "3:2", 1);
    await PublishAsync("news", "sun\nat last", 1);
    await PublishAsync("music", "unheard", 0);
    for (var line = 0; line < 7; line++)
    {
        Console.WriteLine($"news:  {await news.ReadLineAsync()}");
    }

    for (var line = 0; line < 3; line++)
    {
        Console.WriteLine($"sport: {await sport.ReadLineAsync()}");
    }

    // A subscription exists a moment after its response has begun.
    async Task PublishAsync(string topic, string text, int subscribers)
    {
        string answer;
        do
        {
            using var response = await client.PostAsync($"/topics/{topic}", new StringContent(text));
            answer = await response.Content.ReadAsStringAsync();
        }
        while (answer != $"{subscribers} subscribers\n");
    }
}

await app.StopAsync();
Console.WriteLine("stopped");

/// <summary>Who gets what.</summary>
internal sealed class Broker
{
    /// <summary>How many events a subscriber may be behind.</summary>
    private const int Behind = 64;

    private readonly Chan<(string Topic, Chan<string> Events)> _subscribe = new();
    private readonly Chan<(string Topic, Chan<string> Events)> _unsubscribe = new();
    private readonly Chan<(string Topic, string Text, Sender<int> Reached)> _publish = new();

    internal async ValueTask RunAsync(GoContext stop)
    {
        var subscriptions = new HashSet<(string Topic, Chan<string> Events)>();
        var select = new Select();
        var subscribe = select.Receive(_subscribe);
        var unsubscribe = select.Receive(_unsubscribe);
        var publish = select.Receive(_publish);
        while (true)
        {
            await select.WaitAsync(stop);
            if (subscribe.Selected)
            {
                subscriptions.Add(subscribe.Value);
            }
            else if (unsubscribe.Selected)
            {
                subscriptions.Remove(unsubscribe.Value);
            }
            else
            {
                var reached = 0;
                foreach (var subscription in subscriptions.Where(subscription => subscription.Topic == publish.Value.Topic).ToList())
                {
                    if (subscription.Events.TrySend(publish.Value.Text))
                    {
                        reached++;
                    }
                    else
                    {
                        subscription.Events.Close();
                        subscriptions.Remove(subscription);
                    }
                }

                publish.Value.Reached.TrySend(reached);
            }
        }
    }

    internal async ValueTask<int> PublishAsync(string topic, string text, GoContext context)
    {
        var reached = new Chan<int>(1);
        await _publish.SendAsync((topic, text, reached), context);
        return await reached.TakeAsync(context);
    }

    internal async ValueTask SubscribeAsync(string topic, Sender<string> client, GoContext gone)
    {
        var events = new Chan<string>(Behind);
        await _subscribe.SendAsync((topic, events), gone);
        try
        {
            while (await events.ReceiveAsync(gone) is (var text, true))
            {
                await client.SendAsync(text!, gone);
            }
        }
        finally
        {
            await _unsubscribe.SendAsync((topic, events), CancellationToken.None);
        }
    }
}
