using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Goroutines.Aspire.Hosting.Tests;

/// <summary>The sample, whole: Aspire's orchestrator starts its service as a process, and the commands are executed as the dashboard executes
/// them.</summary>
public sealed class SampleTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 180_000)]
    public async Task AppHost_Orders_HasThePageAndBothCommands()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_patience);
        IDistributedApplicationTestingBuilder builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(limit.Token);
        builder.Services.AddLogging(static logging => logging.ClearProviders());
        await using DistributedApplication app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        ResourceEvent orders = await app.ResourceNotifications.WaitForResourceHealthyAsync("orders", limit.Token);
        using HttpClient client = app.CreateHttpClient("orders");
        using HttpResponseMessage accepted = await client.PostAsync("/orders/1", null, limit.Token);
        accepted.EnsureSuccessStatusCode();

        string page = Assert.Single(orders.Snapshot.Urls, static url => url.DisplayProperties.DisplayName == "Goroutines").Url;
        Assert.Contains("<html", await client.GetStringAsync(page, limit.Token), StringComparison.Ordinal);

        ExecuteCommandResult dump = await app.ResourceCommands.ExecuteCommandAsync("orders", "goroutines-dump", limit.Token);
        Assert.True(dump.Success, dump.Message);
        Assert.Contains("Orders.Packer.RunAsync", dump.Data!.Value, StringComparison.Ordinal);

        ExecuteCommandResult record = await app.ResourceCommands.ExecuteCommandAsync("orders", "goroutines-flight-record", limit.Token);
        Assert.True(record.Success, record.Message);
        Assert.NotEqual(0, new FileInfo(record.Data!.Value).Length);
        File.Delete(record.Data.Value);
    }
}
