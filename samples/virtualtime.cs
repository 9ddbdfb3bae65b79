#:project ../src/Goroutines.Testing/Goroutines.Testing.csproj

// A test in virtual time: a retry with back-off that takes an hour, tested in milliseconds, and what a test that
// leaves a goroutine behind is told. Prints when each attempt was made, and the failure.

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>
{
    var clock = GoTest.TimeProvider;
    var begun = clock.GetUtcNow();
    var attempts = 0;
    await Retry(async () =>
    {
        Console.WriteLine($"attempt {++attempts} after {clock.GetUtcNow() - begun}");
        await Go.Yield();
        return attempts == 6;
    });
});

try
{
    GoTest.Run(async () =>
    {
        var results = new Chan<string>();
#pragma warning disable GOR215 // the analyzers see that nothing receives; this is to be found while it runs
        Go.Spawn(async () => await results.SendAsync("too late"));
#pragma warning restore GOR215
        await new Select().AndTimeout(TimeSpan.FromSeconds(1)).WaitAsync();
    });
}
catch (GoroutineLeakException leak)
{
    Console.WriteLine($"left behind: {leak.Goroutines.Count}, waiting for \"{leak.Goroutines[0].WaitReason}\"");
}

static async ValueTask Retry(Func<ValueTask<bool>> attempt)
{
    for (var pause = TimeSpan.FromMinutes(2); !await attempt(); pause *= 2)
    {
        await Go.SleepAsync(pause);
    }
}
