// An Aspire app host with one service. In the dashboard, the resource "orders" has a link to the page of its goroutines, and two commands: a dump of
// its goroutines, and what its flight recorder holds as a file.
//
//     dotnet run --project samples/Aspire/AppHost

var builder = DistributedApplication.CreateBuilder(args);
builder.AddProject<Projects.Orders>("orders")
    .WithHttpHealthCheck("/health")
    .WithGoroutines();
await builder.Build().RunAsync();
