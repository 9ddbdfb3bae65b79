using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Goroutines.AspNetCore.Tests;

/// <summary>Clients that do what they like: those that behave are served, and nothing is left of the others.</summary>
/// <remarks><c>GOROUTINES_SOAK_SECONDS</c> makes it last longer, <c>GOROUTINES_SOAK_SEED</c> repeats a run's choices.</remarks>
[Collection(nameof(AloneCollection))]
public sealed class ClientFaultTests(ITestOutputHelper output)
{
    private const int Clients = 24;

    private static readonly string s_large = new('x', 100_000);

    [Fact]
    public async Task Clients_WithRandomFaults_LeaveNothingBehind()
    {
        int seconds = Setting("GOROUTINES_SOAK_SECONDS") ?? 2;
        int seed = Setting("GOROUTINES_SOAK_SEED") ?? Environment.TickCount;
        output.WriteLine($"GOROUTINES_SOAK_SEED={seed}");
        CountingPool pool = new();
        ConcurrentDictionary<string, int> served = new();
        ConcurrentQueue<string> failures = new();
        int before = Sockets();
        GoRuntime runtime;
        await using (TestServer server = await TestServer.StartAsync(true, Map, build: builder =>
        {
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(pool);
            builder.Services.AddGoroutinesWeb();
        }))
        {
            runtime = server.Services.GetRequiredService<GoRuntime>();
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            over.CancelAfter(TimeSpan.FromSeconds(seconds));
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => BehaveAsync(server.EndPoint, new Random(seed + i), served, failures, over.Token)));

            // The server is as well as before, and has seen the end of every client.
            using RawClient last = await RawClient.ConnectAsync(server.EndPoint);
            await last.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            Assert.EndsWith("<FIN>", await last.ReadToEndAsync(), StringComparison.Ordinal);
            await UntilAsync(() => runtime.Count == 0, () => $"{runtime.Count} goroutines are left.");
            await UntilAsync(() => pool.Rented == 0, () => $"{pool.Rented} blocks have not been given back.");
        }

        output.WriteLine(string.Join(", ", served.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}: {pair.Value}")));
        Assert.Empty(failures);
        Assert.True(served.Count >= 7, "Not every kind of client has been there.");

        await UntilAsync(() => Sockets() <= before, () => $"{Sockets() - before} sockets are left.");
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/hello", static () => "hello!");
        app.MapGet("/large", static async (HttpContext context) =>
        {
            for (int i = 0; i < 50; i++)
            {
                await context.Response.WriteAsync(s_large, context.RequestAborted);
            }
        });
        app.MapGet("/wait", static async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default));
        app.MapPost("/count", static async (HttpContext context) =>
        {
            using StreamReader reader = new(context.Request.Body);
            return (await reader.ReadToEndAsync(context.RequestAborted)).Length;
        });
        app.MapGet("/children", static async (GoScope scope) =>
        {
            Goroutine<int> child = scope.Run(static async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                return 7;
            });
            return await child;
        }).WithGoroutine();
        app.MapGet("/block", static () =>
        {
            Thread.Sleep(2);
            return "hello!";
        });
    }

    private static async Task BehaveAsync(IPEndPoint server, Random random, ConcurrentDictionary<string, int> served, ConcurrentQueue<string> failures, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            string kind = "";
            try
            {
                using RawClient client = await RawClient.ConnectAsync(server);
                switch (random.Next(10))
                {
                    case 0 or 1 or 2:
                        kind = "good";
                        for (int i = random.Next(1, 20); i > 0; i--)
                        {
                            await client.SendAsync($"GET /{(random.Next(4) == 0 ? "block" : "hello")} HTTP/1.1\r\nHost: h\r\n\r\n");
                            Expect(await client.ReadUntilAsync("hello!\r\n0\r\n\r\n"), "hello!\r\n0\r\n\r\n");
                        }

                        break;
                    case 3:
                        kind = "good with a body";
                        int length = random.Next(1, 300_000);
                        await client.SendAsync(string.Create(CultureInfo.InvariantCulture, $"POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));
                        await client.SendAsync(new byte[length]);
                        Expect(await client.ReadToEndAsync(), string.Create(CultureInfo.InvariantCulture, $"{length}\r\n0\r\n\r\n<FIN>"));
                        break;
                    case 4:
                        kind = "good with goroutines";
                        await client.SendAsync("GET /children HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
                        Expect(await client.ReadToEndAsync(), "7\r\n0\r\n\r\n<FIN>");
                        break;
                    case 5:
                        kind = "resets in a response";
                        await client.SendAsync("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
                        await client.ReadUntilAsync("xxx");
                        client.Reset();
                        break;
                    case 6:
                        kind = "goes while a handler waits";
                        await client.SendAsync("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
                        if (random.Next(2) == 0)
                        {
                            client.Reset();
                        }

                        break;
                    case 7:
                        kind = "goes in a body";
                        await client.SendAsync("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + new string('x', random.Next(1, 50_000)));
                        if (random.Next(2) == 0)
                        {
                            client.Reset();
                        }

                        break;
                    case 8:
                        kind = "half a request";
                        await client.SendAsync("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"[..random.Next(1, 20)]);
                        client.ShutdownSend();
                        await client.ReadToEndAsync();
                        break;
                    default:
                        kind = "no HTTP";
                        byte[] bytes = new byte[random.Next(1, 3000)];
                        random.NextBytes(bytes);
                        await client.SendAsync(bytes);
                        break;
                }
            }
            catch (Exception exception) when (kind.StartsWith("good", StringComparison.Ordinal))
            {
                failures.Enqueue($"{kind}: {exception.Message}");
                return;
            }
            catch (Exception exception) when (exception is System.Net.Sockets.SocketException or IOException)
            {
                // The server has answered to the fault in its way.
            }

            served.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        }
    }

    private static void Expect(string seen, string end)
    {
        if (!seen.EndsWith(end, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"\"{seen[^Math.Min(seen.Length, 100)..]}\" does not end with \"{end}\"");
        }
    }

    private static int Sockets()
        => Directory.GetFiles("/proc/self/fd").Count(static path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), otherwise());
    }
}
