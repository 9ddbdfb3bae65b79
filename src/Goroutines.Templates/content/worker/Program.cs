using Goroutines.Hosting;
using GoroutinesProject;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Services.AddGoroutines();                                    // a runtime that starts and stops with the host
builder.Services.AddGoroutine<Importer>(options =>
{
    options.OnFailure = FailurePolicy.Restart;                       // after FirstDelay, then twice as long, up to LongestDelay
    options.MostRestarts = 10;                                       // in a row; then the host stops
});

await builder.Build().RunAsync();
