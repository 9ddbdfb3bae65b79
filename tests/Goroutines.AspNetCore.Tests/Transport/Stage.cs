using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Goroutines.AspNetCore.Tests;

/// <summary>The application of the conversations: its end points, and what they tell the test.</summary>
internal sealed class Stage(string on)
{
    private static readonly byte[] s_block = [.. Enumerable.Repeat((byte)'x', 65536)];

    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets a handler go on that waits for it.</summary>
    internal void Go() => _go.SetResult();

    /// <summary>Waits for an event.</summary>
    internal async Task SeeAsync(string expected)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(RawClient.Patience);
        List<string> others = [];
        try
        {
            while (await _events.Reader.ReadAsync(patience.Token) is var happened && happened != expected)
            {
                others.Add(happened);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"\"{expected}\" did not happen on {on}, but: {string.Join(", ", others)}");
        }
    }

    internal void Map(WebApplication app)
    {
        app.Map("/hello", static () => "hello!");
        app.MapPost("/echo", static async (HttpContext context) =>
        {
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length));
        });
        app.MapPost("/count", CountAsync);
        app.MapGet("/large", LargeAsync);
        app.MapGet("/onewrite", static async (HttpContext context) => await context.Response.Body.WriteAsync(Enumerable.Repeat((byte)'x', 5_000_000).ToArray()));
        app.MapGet("/smallwrites", static async (HttpContext context) =>
        {
            for (int i = 0; i < 500; i++)
            {
                await context.Response.WriteAsync("abcdefg ");
            }
        });
        app.MapGet("/wait", async (HttpContext context) =>
        {
            Tell("waiting");
            await Aborted(context);
            Tell("aborted");
        });
        app.MapGet("/endless", EndlessAsync);
        app.MapGet("/abort", static (HttpContext context) => context.Abort());
        app.MapGet("/abortlater", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("part");
            await context.Response.Body.FlushAsync();
            await _go.Task;
            context.Abort();
        });
        app.MapGet("/flushabort", async (HttpContext context) =>
        {
            Task endless = EndlessAsync(context);
            await _go.Task;
            context.Abort();
            await endless;
        });
        app.MapGet("/throw", static (HttpContext _) => throw new InvalidOperationException("expected"));
        app.MapGet("/throwlater", static async (HttpContext context) =>
        {
            await context.Response.WriteAsync("part");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException("expected");
        });
        app.MapGet("/upgrade", static async (HttpContext context) =>
        {
            await using Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            byte[] buffer = new byte[100];
            while (await stream.ReadAsync(buffer) is > 0 and int count)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }
        });
        app.MapPost("/blockingread", (HttpContext context) =>
        {
            byte[] buffer = new byte[100];
            int all = 0;
            int count;
            while ((count = Read(context, buffer)) > 0)
            {
                all += count;
                if (all == 3)
                {
                    Tell("reading");
                }
            }

            return $"{all} bytes";
        });
        app.MapGet("/context", static () => $"{SynchronizationContext.Current?.ToString() ?? "null"} {(global::Goroutines.Go.CurrentId == 0 ? "null" : "goroutine")}");
        app.MapPost("/minrate", async (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = new MinDataRate(10_000, TimeSpan.FromSeconds(1.1));
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                Tell("minrate: nothing");
            }
            catch (Exception exception)
            {
                Tell($"minrate: {exception.GetType().Name}");
                throw;
            }
        });
        app.MapGet("/minresponserate", async (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate = new MinDataRate(1_000_000_000, TimeSpan.FromSeconds(1.1));
            await EndlessAsync(context);
        });
    }

    private void Tell(string happened) => _events.Writer.TryWrite(happened);

#pragma warning disable xUnit1031 // a handler that blocks is what is tested
    private static int Read(HttpContext context, byte[] buffer) => context.Request.Body.ReadAsync(buffer).AsTask().Result;
#pragma warning restore xUnit1031

    private static Task Aborted(HttpContext context)
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(aborted.SetResult);
        return aborted.Task;
    }

    private async Task CountAsync(HttpContext context)
    {
        byte[] buffer = new byte[65536];
        long all = 0;
        try
        {
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and int count)
            {
                all += count;
                if (all == 3)
                {
                    Tell("3 bytes");
                }
            }
        }
        catch (Exception exception)
        {
            Tell($"body failed: {exception.GetType().Name}");
            throw;
        }

        await context.Response.WriteAsync(all.ToString(CultureInfo.InvariantCulture));
    }

    private async Task LargeAsync(HttpContext context)
    {
        context.Response.ContentLength = 400L * s_block.Length;
        for (int i = 0; i < 400; i++)
        {
            ValueTask write = context.Response.Body.WriteAsync(s_block);
            if (!write.IsCompleted)
            {
                Tell("blocked: the response is larger than what fits");
            }

            await write;
        }
    }

    private async Task EndlessAsync(HttpContext context)
    {
        try
        {
            while (true)
            {
                ValueTask write = context.Response.Body.WriteAsync(s_block, context.RequestAborted);
                if (!write.IsCompleted)
                {
                    Tell("flush waits");
                }

                await write;
            }
        }
        catch (OperationCanceledException)
        {
            Tell("endless response ended: aborted");
        }
    }
}
