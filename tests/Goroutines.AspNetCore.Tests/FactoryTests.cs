extern alias background;
extern alias fanout;

using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Goroutines.AspNetCore.Tests;

/// <summary>Whole applications, the samples, in a <see cref="WebApplicationFactory{TEntryPoint}"/>: in memory, without Kestrel.</summary>
public sealed class FactoryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Background_Jobs_AreWorkedOnAndStreamed()
    {
        await using WebApplicationFactory<background::Program> factory = new();
        using HttpClient client = factory.CreateClient();
        using StreamReader results = new(await client.GetStreamAsync("/results", Cancelled));

        foreach (int number in new[] { 1, 0, 4 })
        {
            using HttpResponseMessage accepted = await client.PostAsync($"/jobs/{number}", null, Cancelled);
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        }

        string?[] lines = [await results.ReadLineAsync(Cancelled), await results.ReadLineAsync(Cancelled)];
        Assert.Equal(["{\"number\":1,\"share\":120}", "{\"number\":4,\"share\":30}"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Background_HealthPageAndDump_TellOfItsGoroutines()
    {
        await using WebApplicationFactory<background::Program> factory = new();
        using HttpClient client = factory.CreateClient();

        Assert.Equal("Healthy", await client.GetStringAsync("/health", Cancelled));
        Assert.Contains("<html", await client.GetStringAsync("/debug/goroutines/", Cancelled), StringComparison.Ordinal);
        Assert.Contains("Worker.RunAsync", await client.GetStringAsync("/debug/goroutines/api/dump", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Background_WhenTheFactoryIsDisposedOf_StopsItsRuntime()
    {
        GoRuntime runtime;
        await using (WebApplicationFactory<background::Program> factory = new())
        {
            runtime = factory.Services.GetRequiredService<GoRuntime>();
            Assert.NotEqual(0, runtime.Count);
        }

        Assert.Throws<ObjectDisposedException>(() => runtime.Spawn(static () => { }));
        Assert.Equal(0, runtime.Count);
    }

    [Fact]
    public async Task Fanout_Requests_AreGoroutinesWithDeadlines()
    {
        await using WebApplicationFactory<fanout::Program> plain = new();
        await using WebApplicationFactory<fanout::Program> factory = plain.WithWebHostBuilder(builder => builder.ConfigureTestServices(services => services
            .AddHttpClient("backends", static client => client.BaseAddress = new Uri("http://localhost"))
            .ConfigurePrimaryHttpMessageHandler(static services => ((Microsoft.AspNetCore.TestHost.TestServer)services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()).CreateHandler())));
        using HttpClient client = factory.CreateClient();

        Assert.Equal("shop0 shop1 shop2", await client.GetStringAsync("/price?deadline=10000", Cancelled));
        Assert.Equal("fast", await client.GetStringAsync("/fastest", Cancelled));
        using HttpResponseMessage late = await client.GetAsync("/price?deadline=1", Cancelled);
        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
    }
}
