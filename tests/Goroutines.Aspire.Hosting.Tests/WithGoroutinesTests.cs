using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Goroutines.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Goroutines.Aspire.Hosting.Tests;

/// <summary>The link and the commands of <see cref="GoroutinesResourceBuilderExtensions.WithGoroutines"/>, on a real service.</summary>
public sealed class WithGoroutinesTests : IDisposable
{
    private const string Dump = "goroutines-dump";
    private const string Record = "goroutines-flight-record";

    private readonly DirectoryInfo _records = Directory.CreateTempSubdirectory("goroutines-records-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _records.Delete(recursive: true);

    [Theory]
    [InlineData("/debug/goroutines")]
    [InlineData("inside/")]
    public async Task Link_OfTheResource_LeadsToThePage(string path)
    {
        await using Service service = await Service.StartAsync(app => app.MapGoroutines("/" + path.Trim('/')).AllowAnonymous());
        await using Host host = new(service.Port, options => options.Path = path);

        ResourceUrlAnnotation url = Assert.Single(await host.UrlsAsync());
        using HttpClient client = new();

        Assert.Equal("Goroutines", url.DisplayText);
        Assert.Equal($"http://127.0.0.1:{service.Port}/{path.Trim('/')}/", url.Url);
        Assert.Contains("<html", await client.GetStringAsync(url.Url, Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_WithoutAnEndpoint_IsNotThere()
    {
        await using Host host = new(port: 0);

        Assert.Empty(await host.UrlsAsync());
        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);
        Assert.False(result.Success);
        Assert.Equal("orders has no endpoint https or http that is in use.", result.Message);
    }

    [Fact]
    public async Task Dump_OfAService_ShowsWhatEachGoroutineWaitsFor()
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous());
        await using Host host = new(service.Port);
        using Parked parked = new(service.Runtime, 3);

        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);

        Assert.True(result.Success, result.Message);
        Assert.Equal("3 goroutines of orders-7", result.Message);
        Assert.True(result.Data!.DisplayImmediately);
        Assert.Equal(3, result.Data.Value.Split("[chan receive").Length - 1);
        Assert.DoesNotContain("the rest", result.Data.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_OfMoreThanTheMost_SaysThatItIsNotAll()
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous());
        await using Host host = new(service.Port, static options => options.MostGoroutines = 2);
        using Parked parked = new(service.Runtime, 3);

        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);

        Assert.Contains($"(these are the first 2 goroutines; http://127.0.0.1:{service.Port}/debug/goroutines/ shows the rest)", result.Data!.Value, StringComparison.Ordinal);
        Assert.Equal(2, result.Data.Value.Split("[chan receive").Length - 1);
    }

    [Fact]
    public async Task Record_WithARecorder_IsAFileForPerfetto()
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous());
        await using Host host = new(service.Port, options => options.RecordsDirectory = Path.Combine(_records.FullName, "new"));
        using FlightRecorder recorder = new(new FlightRecorderOptions { Runtime = service.Runtime });
        recorder.Start();
        await service.Runtime.Run(static async () => await Go.Yield());

        ExecuteCommandResult result = await host.ExecuteAsync(Record, Cancelled);

        Assert.True(result.Success, result.Message);
        Assert.True(result.Data!.DisplayImmediately);
        string path = result.Data.Value;
        Assert.Equal([path], Directory.GetFiles(Path.Combine(_records.FullName, "new")));
        Assert.StartsWith("orders-7-", Path.GetFileName(path), StringComparison.Ordinal);
        byte[] expectedFirst = [0x0A]; // a packet of a Perfetto trace: field 1, length-delimited
        Assert.Equal(expectedFirst, File.ReadAllBytes(path)[..1]);
    }

    [Fact]
    public async Task Record_WithoutARecorder_FailsInTheServicesWords()
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous());
        await using Host host = new(service.Port, options => options.RecordsDirectory = _records.FullName);

        ExecuteCommandResult result = await host.ExecuteAsync(Record, Cancelled);

        Assert.False(result.Success);
        Assert.Contains("No flight recorder is running", result.Message, StringComparison.Ordinal);
        Assert.Empty(_records.GetFiles());
    }

    [Fact]
    public async Task Dump_OfAPageWithoutAPolicy_FailsInTheServicesWords()
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines());
        await using Host host = new(service.Port);

        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);

        Assert.False(result.Success);
        Assert.Contains("MapGoroutines has no policy", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dump_OfAServiceWithoutThePage_SaysSo()
    {
        await using Service service = await Service.StartAsync(static _ => { });
        await using Host host = new(service.Port);

        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);

        Assert.False(result.Success);
        Assert.Contains("app.MapGoroutines()", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Dump)]
    [InlineData(Record)]
    public async Task Command_ThatGetsAPageToSignIn_Fails(string command)
    {
        await using Service service = await Service.StartAsync(static app => app.MapGet("/debug/goroutines/{**rest}", static () => Results.Content("<html>sign in</html>", "text/html")));
        await using Host host = new(service.Port, options => options.RecordsDirectory = _records.FullName);

        ExecuteCommandResult result = await host.ExecuteAsync(command, Cancelled);

        Assert.False(result.Success);
        Assert.Contains("HttpClientName", result.Message, StringComparison.Ordinal);
        Assert.Empty(_records.GetFiles());
    }

    [Fact]
    public async Task Dump_WithAClientOfItsOwn_HasItsCredentials()
    {
        await using Service service = await Service.StartAsync(static app =>
        {
            app.Use(static (context, next) => context.Request.Headers.Authorization == "Bearer secret" ? next(context) : Refuse(context));
            app.MapGoroutines().AllowAnonymous();
        });
        await using Host without = new(service.Port);
        await using Host with = new(service.Port, static options => options.HttpClientName = "pages", addServices: static services => services
            .AddHttpClient("pages", static client => client.DefaultRequestHeaders.Authorization = new("Bearer", "secret")));

        Assert.Contains("401", (await without.ExecuteAsync(Dump, Cancelled)).Message, StringComparison.Ordinal);
        Assert.True((await with.ExecuteAsync(Dump, Cancelled)).Success);

        static Task Refuse(HttpContext context)
        {
            context.Response.StatusCode = (int)HttpStatusCode.Unauthorized;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Dump_OfAServiceThatHasEnded_Fails()
    {
        int port;
        await using (Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous()))
        {
            port = service.Port;
        }

        await using Host host = new(port);

        ExecuteCommandResult result = await host.ExecuteAsync(Dump, Cancelled);

        Assert.False(result.Success);
        Assert.False(result.Canceled);
        Assert.Contains($"http://127.0.0.1:{port}/debug/goroutines/api/dump", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_Cancelled_LeavesNoFile()
    {
        using CancellationTokenSource cancel = new();
        await using Service service = await Service.StartAsync(app => app.MapGet("/debug/goroutines/flight", async (HttpContext context) =>
        {
            context.Response.ContentType = "application/octet-stream";
            await context.Response.Body.WriteAsync(new byte[10], Cancelled);
            await context.Response.Body.FlushAsync(Cancelled);
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        }));
        await using Host host = new(service.Port, options => options.RecordsDirectory = _records.FullName);

        ExecuteCommandResult result = await host.ExecuteAsync(Record, cancel.Token);

        Assert.True(result.Canceled);
        Assert.Empty(_records.GetFiles());
    }

    [Theory]
    [InlineData("Running", ResourceCommandState.Enabled)]
    [InlineData("RuntimeUnhealthy", ResourceCommandState.Enabled)]
    [InlineData("Starting", ResourceCommandState.Disabled)]
    [InlineData("Exited", ResourceCommandState.Disabled)]
    [InlineData(null, ResourceCommandState.Disabled)]
    public async Task State_OfTheCommands_IsThatOfTheResourceWhateverItsHealth(string? state, ResourceCommandState expected)
    {
        await using Host host = new(port: 0);

        Assert.Equal(expected, host.StateOf(Dump, state));
        Assert.Equal(expected, host.StateOf(Record, state));
    }

    [Theory]
    [InlineData("admin", "admin", true)]
    [InlineData(null, "https", true)]
    [InlineData(null, "admin", false)]
    [InlineData("admin", "http", false)]
    public async Task Endpoint_ByName_IsTheOneThatIsAsked(string? wanted, string actual, bool found)
    {
        await using Service service = await Service.StartAsync(static app => app.MapGoroutines().AllowAnonymous());
        await using Host host = new(service.Port, options => options.EndpointName = wanted, actual);

        Assert.Equal(found, (await host.ExecuteAsync(Dump, Cancelled)).Success);
        Assert.Equal(found ? 1 : 0, (await host.UrlsAsync()).Count);
    }

    [Fact]
    public void Settings_OutOfTheirRange_Throw()
    {
        Assert.Throws<ArgumentException>(nameof(GoroutinesResourceOptions.Path), static () => new Host(0, static options => options.Path = ""));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(GoroutinesResourceOptions.MostGoroutines), static () => new Host(0, static options => options.MostGoroutines = 0));
        Assert.Throws<ArgumentNullException>(nameof(GoroutinesResourceOptions.HttpClientName), static () => new Host(0, static options => options.HttpClientName = null!));
    }

    /// <summary>Goroutines of a runtime that wait until this is disposed of.</summary>
    private sealed class Parked : IDisposable
    {
        private readonly Chan<int> _never = new();

        internal Parked(GoRuntime runtime, int count)
        {
            for (int i = 0; i < count; i++)
            {
                runtime.Spawn(async () => await _never.ReceiveAsync());
            }

            bool areParked = SpinWait.SpinUntil(() => runtime.Snapshot().Count(static goroutine => goroutine.Status == GoroutineStatus.Waiting) == count, TimeSpan.FromSeconds(20));
            Assert.True(areParked, "The goroutines have not parked within 20 s.");
        }

        public void Dispose() => _never.Close();
    }
}
