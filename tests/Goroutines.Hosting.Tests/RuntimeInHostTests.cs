using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Goroutines.Hosting.Tests;

/// <summary>The runtime as a service: its settings, its end, its panics, its health, its metrics.</summary>
public sealed class RuntimeInHostTests : HostTests
{
    [Fact]
    public async Task AddGoroutines_WithConfiguration_MakesTheRuntimeSo()
    {
        (IHost host, _) = Build(static builder => builder.Services.AddGoroutines(), ("Goroutines:MaxProcs", "3"), ("Goroutines:Name", "shop"));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        GoRuntime runtime = host.Services.GetRequiredService<GoRuntime>();

        Assert.Equal(3, runtime.MaxProcs);
        Assert.Equal("shop", runtime.Name);
        Assert.Equal("shop", await runtime.Run(static () => ValueTask.FromResult(GoRuntime.Current.Name)));
    }

    [Fact]
    public async Task AddGoroutines_CalledTwice_CodeOverridesConfiguration()
    {
        (IHost host, _) = Build(
            static builder =>
            {
                builder.Services.AddGoroutines(static options => options.MaxProcs = 2);
                builder.Services.AddGoroutines();
            },
            ("Goroutines:MaxProcs", "3"));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        Assert.Equal(2, host.Services.GetRequiredService<GoRuntime>().MaxProcs);
    }

    [Theory]
    [InlineData("MaxProcs", "many", "Goroutines:MaxProcs is \"many\": it must be a whole number.")]
    [InlineData("MaxProcs", "0", "Goroutines:MaxProcs is 0: it must be from 1 to 1024.")]
    [InlineData("MaxThreads", "-1", "Goroutines:MaxThreads is -1: it must be at least 1.")]
    [InlineData("StackSize", "-5", "Goroutines:StackSize is -5: it must be 0 or a size in bytes.")]
    [InlineData("DrainTimeout", "soon", "Goroutines:DrainTimeout is \"soon\": it must be a duration such as 00:00:05.")]
    [InlineData("StopHostOnPanic", "perhaps", "Goroutines:StopHostOnPanic is \"perhaps\": it must be true or false.")]
    public async Task Start_WithASettingThatIsWrong_SaysWhich(string key, string value, string message)
    {
        (IHost host, _) = Build(static builder => builder.Services.AddGoroutines(), ($"Goroutines:{key}", value));
        using IHost disposed = host;

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancelled));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Panic_InTheHostsRuntime_IsLoggedWithIdCreationSiteAndScope()
    {
        (IHost host, LogSink log) = Build(static builder => builder.Services.AddGoroutines());
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        host.Services.GetRequiredService<GoRuntime>().Spawn(static () => ValueTask.FromException(new FormatException("wrong")));
        await UntilAsync(() => log.Named("Panic").Any(), "the panic is logged");

        LogSink.Entry entry = log.Named("Panic").Single();
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.IsType<FormatException>(entry.Exception);
        Assert.Matches(@"^Panic in goroutine \d+ \(.*Panic_InTheHostsRuntime.*\), created at .*RuntimeInHostTests\.cs:\d+$", entry.Text);
        Assert.Equal(["GoroutineId", "GoroutineName", "GoroutineCreatedAt"], entry.Scope!.Select(static pair => pair.Key));
    }

    [Fact]
    public async Task Panic_WithStopHostOnPanic_StopsTheHost()
    {
        (IHost host, _) = Build(static builder => builder.Services.AddGoroutines(), ("Goroutines:StopHostOnPanic", "true"));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        host.Services.GetRequiredService<GoRuntime>().Spawn(static () => ValueTask.FromException(new FormatException("wrong")));

        await host.WaitForShutdownAsync(Cancelled).WaitAsync(Patience, Cancelled);
    }

    [Fact]
    public async Task Stop_WithGoroutinesThatEnd_WaitsForThemAfterTheOtherServices()
    {
        List<string> order = [];
        Chan<Unit> stopping = new();
        (IHost host, LogSink log) = Build(builder =>
        {
            builder.Services.AddGoroutines();
            builder.Services.AddHostedService(services => new Recorder(() =>
            {
                order.Add("service stops");
                stopping.Close();
            }));
        });
        using IHost disposed = host;
        await host.StartAsync(Cancelled);
        host.Services.GetRequiredService<GoRuntime>().Spawn(async () =>
        {
            await stopping.ReceiveAsync();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            order.Add("goroutine ends");
        });

        await host.StopAsync(Cancelled);

        Assert.Equal(["service stops", "goroutine ends"], order);
        Assert.Empty(log.Named("GoroutinesLeft"));
    }

    [Fact]
    public async Task Stop_WithAGoroutineThatDoesNotEnd_LogsItWithADump()
    {
        (IHost host, LogSink log) = Build(static builder => builder.Services.AddGoroutines(), ("Goroutines:DrainTimeout", "00:00:00.1"));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);
        Chan<int> never = new();
        host.Services.GetRequiredService<GoRuntime>().Spawn(async () => await never.ReceiveAsync());

        await host.StopAsync(Cancelled);

        LogSink.Entry entry = log.Named("GoroutinesLeft").Single();
        Assert.StartsWith("1 goroutines of the runtime \"tests\"", entry.Text, StringComparison.Ordinal);
        Assert.Contains("[chan receive", entry.Text, StringComparison.Ordinal);
        GC.KeepAlive(never);
    }

    [Fact]
    public async Task HealthCheck_OfAHostThatWorks_IsHealthyAndAfterItsEndNot()
    {
        (IHost host, _) = Build(static builder => builder.Services.AddHealthChecks().AddGoroutines());
        using IHost disposed = host;
        await host.StartAsync(Cancelled);
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();

        HealthReport working = await health.CheckHealthAsync(Cancelled);
        await host.StopAsync(Cancelled);
        HealthReport stopped = await health.CheckHealthAsync(Cancelled);

        Assert.Equal(HealthStatus.Healthy, working.Status);
        Assert.Equal(HealthStatus.Unhealthy, stopped.Status);
        Assert.Contains("has been stopped", stopped.Entries["goroutines"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthCheck_WithGoroutinesThatWaitForEachOther_NamesThem()
    {
        (IHost host, _) = Build(static builder =>
        {
            builder.Services.AddGoroutines(static options => options.DrainTimeout = TimeSpan.Zero);
            builder.Services.AddHealthChecks().AddGoroutines();
        });
        using (host)
        {
            await host.StartAsync(Cancelled);
            GoRuntime runtime = host.Services.GetRequiredService<GoRuntime>();
            HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
            Chan<Goroutine> partner = new(1);
            Goroutine one = runtime.Run(async () => await (await partner.TakeAsync()));
            Goroutine two = runtime.Run(async () => await one);
            HealthReport before = await health.CheckHealthAsync(Cancelled);
            await partner.SendAsync(two, Cancelled);
            await UntilAsync(() => runtime.Snapshot().Count(static goroutine => goroutine.WaitReason == "join") == 2, "both wait");

            HealthReport after = await health.CheckHealthAsync(Cancelled);

            Assert.Equal(HealthStatus.Healthy, before.Status);
            Assert.Equal(HealthStatus.Unhealthy, after.Status);
            HealthReportEntry entry = after.Entries.Values.Single();
            Assert.Equal([one.Id, two.Id], (IEnumerable<long>)entry.Data["deadlocked"]);
            Assert.Contains($"goroutines {one.Id}, {two.Id}", entry.Description, StringComparison.Ordinal);
            await host.StopAsync(Cancelled);
        }
    }

    [Fact]
    public async Task HealthCheck_WithMostGoroutinesStalled_SaysWhich()
    {
        (IHost host, _) = Build(static builder => builder.Services.AddHealthChecks().AddGoroutines(
            configure: static options =>
            {
                options.StalledAfter = TimeSpan.Zero;
                options.FewStalled = 2;
            },
            failureStatus: HealthStatus.Degraded));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);
        GoRuntime runtime = host.Services.GetRequiredService<GoRuntime>();
        GoMutex mutex = new();
        Holder holder = await mutex.LockAsync(Cancelled);
        for (int i = 0; i < 3; i++)
        {
            runtime.Spawn(async () =>
            {
                using (await mutex.LockAsync())
                {
                }
            });
        }

        await UntilAsync(() => runtime.Snapshot().Count(static goroutine => goroutine.WaitReason == "sync.Mutex.Lock") == 3, "three wait for the lock");

        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancelled);
        holder.Dispose();

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.StartsWith("3 of 3 goroutines have waited for others", report.Entries["goroutines"].Description, StringComparison.Ordinal);
        Assert.Equal(3, report.Entries["goroutines"].Data["stalled"]);
    }

    [Fact]
    public async Task AddGoroutinesTelemetry_WithAMeterProvider_ExportsTheLibrarysMetrics()
    {
        List<Metric> exported = [];
        (IHost host, _) = Build(builder =>
        {
            builder.Services.AddGoroutines(static options => options.Name = "measured");
            builder.Services.AddGoroutinesTelemetry(followActivities: false);
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddInMemoryExporter(exported));
        });
        using IHost disposed = host;
        await host.StartAsync(Cancelled);
        GoRuntime runtime = host.Services.GetRequiredService<GoRuntime>();
        await runtime.Run(static async () => await Go.SleepAsync(TimeSpan.FromMilliseconds(100)));

        await UntilAsync(
            () =>
            {
                host.Services.GetRequiredService<MeterProvider>().ForceFlush();
                return exported.Any(static metric => metric.Name == "goroutines.spawned");
            },
            "the count of goroutines is exported");
    }

    private sealed class Recorder(Action stopped) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            stopped();
            return Task.CompletedTask;
        }
    }
}
