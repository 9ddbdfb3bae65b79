using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Goroutines.Hosting.Tests;

/// <summary>What the tests of a host share.</summary>
public abstract class HostTests
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected static (IHost Host, LogSink Log) Build(Action<HostApplicationBuilder> configure, params (string Key, string Value)[] settings)
    {
        LogSink log = new();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)));
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        configure(builder);
        return (builder.Build(), log);
    }

    private protected static async Task UntilAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"It did not come to this: {what}");
            await Task.Delay(1, Cancelled);
        }
    }
}
