// The service of the Aspire sample: orders come in by POST /orders/{number}, goroutines check and pack them, GET /packed says how many are done.
// It serves the page of its goroutines and keeps the last seconds in a flight recorder; its app host (../AppHost) shows both in the dashboard.

using Goroutines;
using Goroutines.Diagnostics;
using OpenTelemetry;
using Orders;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseGoroutines();
builder.Services.AddGoroutinesWeb();
builder.Services.AddHealthChecks().AddGoroutines();
builder.Services.AddSingleton<Warehouse>();
builder.Services.AddGoroutine<Checker>();
for (var i = 0; i < 3; i++)
{
    builder.Services.AddGoroutine<Packer>();
}

// Metrics and activities go where the app host says (OTEL_EXPORTER_OTLP_ENDPOINT), which is its dashboard.
builder.Services.AddGoroutinesTelemetry();
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
{
    builder.Services.AddOpenTelemetry().WithMetrics(static _ => { }).WithTracing(static _ => { }).UseOtlpExporter();
}

var app = builder.Build();
using var recorder = new FlightRecorder(new FlightRecorderOptions { Runtime = app.Services.GetRequiredService<GoRuntime>() });
recorder.Start();

app.MapPost("/orders/{number:int}", async (int number, Warehouse warehouse, GoContext context) => await warehouse.Incoming.SendAsync(number, context));
app.MapGet("/packed", (Warehouse warehouse) => warehouse.PackedCount);
app.MapHealthChecks("/health");

// Everyone who reaches the port can read the page, so only on a developer's machine; elsewhere RequireAuthorization(...).
if (app.Environment.IsDevelopment())
{
    app.MapGoroutines().AllowAnonymous();
}

await app.RunAsync();
