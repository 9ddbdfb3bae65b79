using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Goroutines.Hosting.Tests;

/// <summary>Bodies that run with the host, and again when they fail.</summary>
public sealed class SupervisionTests : HostTests
{
    private static readonly Action<SupervisionOptions> s_quick = static options =>
    {
        options.FirstDelay = TimeSpan.FromMilliseconds(1);
        options.LongestDelay = TimeSpan.FromMilliseconds(4);
    };

    [Fact]
    public async Task AddGoroutine_BodyThatFails_IsRestartedInAScopeOfItsOwn()
    {
        Journal journal = new();
        (IHost host, LogSink log) = Build(builder =>
        {
            builder.Services.AddSingleton(journal);
            builder.Services.AddScoped<Flaky>();
            builder.Services.AddGoroutine<Flaky>(s_quick);
        });
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        await journal.Third.Task.WaitAsync(Patience, Cancelled);
        await host.StopAsync(Cancelled);

        Assert.Equal(3, journal.Bodies.Distinct().Count());
        Assert.Equal(3, journal.Disposed);
        Assert.Equal(2, log.Named("SupervisedFailed").Count());
        Assert.Equal(2, log.Named("SupervisedRestarting").Count());
        Assert.All(journal.Goroutines, static id => Assert.NotEqual(0, id));
    }

    [Fact]
    public async Task AddGoroutine_WithStopHost_StopsTheHostAtTheFirstFailure()
    {
        (IHost host, LogSink log) = Build(static builder => builder.Services.AddGoroutine(
            "fails",
            static (_, _) => ValueTask.FromException(new FormatException("wrong")),
            static options => options.OnFailure = FailurePolicy.StopHost));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        await host.WaitForShutdownAsync(Cancelled).WaitAsync(Patience, Cancelled);

        Assert.Single(log.Named("SupervisedFailed"));
        Assert.Single(log.Named("SupervisedStopsHost"));
    }

    [Fact]
    public async Task AddGoroutine_FailsMoreOftenThanAllowed_StopsTheHost()
    {
        int starts = 0;
        (IHost host, _) = Build(builder => builder.Services.AddGoroutine(
            "fails",
            (_, _) =>
            {
                starts++;
                return ValueTask.FromException(new FormatException("wrong"));
            },
            static options =>
            {
                s_quick(options);
                options.MostRestarts = 3;
            }));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        await host.WaitForShutdownAsync(Cancelled).WaitAsync(Patience, Cancelled);

        Assert.Equal(4, starts);
    }

    [Fact]
    public async Task AddGoroutine_WithIgnore_LogsAndLeavesItSo()
    {
        int starts = 0;
        (IHost host, LogSink log) = Build(builder => builder.Services.AddGoroutine(
            "fails",
            (_, _) =>
            {
                starts++;
                return ValueTask.FromException(new FormatException("wrong"));
            },
            static options => options.OnFailure = FailurePolicy.Ignore));
        using IHost disposed = host;
        await host.StartAsync(Cancelled);

        await UntilAsync(() => log.Named("SupervisedFailed").Any(), "the failure is logged");
        await host.StopAsync(Cancelled);

        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task BackgroundService_WhenTheHostStops_IsCancelledAndAwaited()
    {
        (IHost host, LogSink log) = Build(static builder =>
        {
            builder.Services.AddGoroutines();
            builder.Services.AddSingleton<Patient>();
            builder.Services.AddHostedService(static services => services.GetRequiredService<Patient>());
        });
        using IHost disposed = host;
        Patient patient = host.Services.GetRequiredService<Patient>();
        await host.StartAsync(Cancelled);
        await patient.Started.Task.WaitAsync(Patience, Cancelled);

        await host.StopAsync(Cancelled);

        Assert.True(patient.CleanedUp);
        Assert.Empty(log.Named("SupervisedFailed"));
        Assert.Empty(log.Named("GoroutinesLeft"));
    }

    [Fact]
    public void DelayAfter_FailureByFailure_DoublesUpToTheLongest()
    {
        SupervisionOptions options = new() { FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(5) };

        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(1, 5).Select(failures => options.DelayAfter(failures).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(5), options.DelayAfter(int.MaxValue));
    }

    [Fact]
    public void AddGoroutine_WithDelaysThatAreNone_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(static () => new ServiceCollection().AddGoroutine(
            "x",
            static (_, _) => default,
            static options => options.FirstDelay = TimeSpan.FromSeconds(-1)));

    private sealed class Journal
    {
        internal List<object> Bodies { get; } = [];

        internal List<long> Goroutines { get; } = [];

        internal int Disposed { get; set; }

        internal TaskCompletionSource Third { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

#pragma warning disable CA1812 // made by the services
    private sealed class Flaky(Journal journal) : IGoroutineBody, IDisposable
    {
        public async ValueTask RunAsync(GoContext context)
        {
            journal.Bodies.Add(this);
            journal.Goroutines.Add(Go.CurrentId);
            if (journal.Bodies.Count < 3)
            {
                throw new FormatException("not yet");
            }

            journal.Third.SetResult();
            await context.Done.ReceiveAsync();
        }

        public void Dispose() => journal.Disposed++;
    }

    private sealed class Patient(IServiceProvider services) : GoBackgroundService(services)
    {
        internal TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool CleanedUp { get; private set; }

        protected override async ValueTask ExecuteAsync(GoContext context)
        {
            Started.SetResult();
            try
            {
                await Go.SleepAsync(Timeout.InfiniteTimeSpan, context);
            }
            finally
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
                CleanedUp = true;
            }
        }
    }
#pragma warning restore CA1812
}
