// The server of the HTTP measurements: one application on either transport, or a server without Kestrel (ThinServer.cs).
//
//     dotnet run -c Release -- framework|goroutines|thin URL
//
// bench/web measures it beside go/main.go. For an https URL the certificate comes from the configuration
// (Kestrel__Certificates__Default__Path and __KeyPath in the environment).
//
//   GET /plaintext     a few bytes
//   GET /length        the same, with its length said before: not in chunks
//   GET /json          a small object
//   GET /mixed         a few bytes; each twentieth request blocks its thread for 10 ms first
//   GET /hop           a few bytes, after an await that goes on on the thread pool
//   POST /upload       reads the body and says how long it was
//   GET /cost          processor time of the process so far in microseconds, its working set in bytes, descriptors, goroutines

using System.Diagnostics;
using Goroutines;

if (args is not [var transport and ("framework" or "goroutines" or "thin"), var url, ..])
{
    Console.Error.WriteLine("usage: WebServer framework|goroutines|thin URL");
    return 2;
}

if (transport == "thin")
{
    ThinServer.Run(new Uri(url));
    return 0;
}

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(url);
builder.WebHost.UseKestrelHttpsConfiguration();
if (transport == "goroutines")
{
    builder.WebHost.UseGoroutines();
}

WebApplication app = builder.Build();
int turn = 0;
app.MapGet("/plaintext", static () => "Hello, World!");
app.MapGet("/length", static (HttpContext context) =>
{
    context.Response.ContentLength = 13;
    return context.Response.WriteAsync("Hello, World!");
});
app.MapGet("/json", static (HttpContext context) => context.Response.WriteAsJsonAsync(new { message = "Hello, World!" }));
app.MapGet("/mixed", () =>
{
    if (Interlocked.Increment(ref turn) % 20 == 0)
    {
        Thread.Sleep(10);
    }

    return "Hello, World!";
});
app.MapGet("/hop", static async () =>
{
    await Task.Yield();
    return "Hello, World!";
});
app.MapPost("/upload", static async (HttpRequest request) =>
{
    byte[] buffer = new byte[65536];
    long sum = 0;
    while (await request.Body.ReadAsync(buffer) is > 0 and int count)
    {
        sum += count;
    }

    return sum.ToString();
});
app.MapGet("/cost", static () =>
{
    using Process process = Process.GetCurrentProcess();
    return $"{(long)process.TotalProcessorTime.TotalMicroseconds} {process.WorkingSet64} {Directory.GetFiles("/proc/self/fd").Length} {Go.Count}";
});
app.Run();
return 0;
