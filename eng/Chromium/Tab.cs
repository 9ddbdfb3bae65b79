using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Chromium;

/// <summary>A page of the browser, over the DevTools protocol. Its members are called one after the other.</summary>
public sealed class Tab : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _answers = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _loaded = new();
    private int _last;

    /// <summary>Gets what went wrong on the page: exceptions of its scripts, requests that failed, waits in vain.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Gets the HTTP statuses from 400 that the page is right to meet; they are no errors.</summary>
    public HashSet<int> Expected { get; } = [];

    internal static async Task<Tab> OpenAsync(string url)
    {
        Tab tab = new();
        await tab._socket.ConnectAsync(new Uri(url), CancellationToken.None);
        _ = Task.Run(tab.ListenAsync);
        foreach (string domain in new[] { "Page", "Runtime", "Network" })
        {
            await tab.CallAsync($"{domain}.enable");
        }

        return tab;
    }

    /// <summary>Gives the page a width in pixels, and the light or the dark colours.</summary>
    public async Task ShapeAsync(int width, bool dark)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        JsonObject scheme = new() { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
    }

    /// <summary>Opens an address and waits until it is loaded, 60 seconds at most.</summary>
    public async Task GoToAsync(string url)
    {
        _loaded = new TaskCompletionSource();
        await CallAsync("Page.navigate", new JsonObject { ["url"] = url });
        await _loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Writes a picture of what the window shows, as PNG.</summary>
    public async Task PictureAsync(string path)
    {
        JsonNode answer = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(answer["data"]!.GetValue<string>()));
    }

    /// <summary>Runs a script and returns its value as text; a promise is awaited. An exception is added to <see cref="Errors"/>.</summary>
    public async Task<string> EvaluateAsync(string script)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true });
        if (answer["exceptionDetails"] is { } failure)
        {
            Errors.Add($"{script}: {failure["exception"]?["description"] ?? failure["text"]}");
        }

        return answer["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>Waits until a condition of the page is true, 30 seconds at most. Returns true if it is; otherwise, false, with an error.</summary>
    /// <param name="condition">An expression of JavaScript.</param>
    /// <param name="what">What is waited for, for the error.</param>
    public async Task<bool> UntilAsync(string condition, string what)
    {
        string outcome = await EvaluateAsync($"new Promise(done => {{ const end = Date.now() + 30000; (function look() {{ if ({condition}) done('yes'); else if (Date.now() > end) done('no'); else setTimeout(look, 50); }})(); }})");
        if (outcome != "yes")
        {
            Errors.Add($"waited in vain until {what}");
        }

        return outcome == "yes";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        _socket.Dispose();
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null)
    {
        TaskCompletionSource<JsonNode> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_gate)
        {
            id = ++_last;
            _answers.Add(id, answer);
        }

        JsonObject call = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(90));
    }

    private async Task ListenAsync()
    {
        byte[] buffer = new byte[65_536];
        MemoryStream message = new();
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            }
            catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
            {
                return;
            }

            message.Write(buffer, 0, received.Count);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (received.EndOfMessage)
            {
                Take(JsonNode.Parse(message.ToArray())!);
                message.SetLength(0);
            }
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            lock (_gate)
            {
                _answers.Remove(id, out TaskCompletionSource<JsonNode>? answer);
                if (message["error"] is { } error)
                {
                    answer?.TrySetException(new InvalidOperationException(error.ToJsonString()));
                }
                else
                {
                    answer?.TrySetResult(message["result"]!);
                }
            }

            return;
        }

        switch (message["method"]!.GetValue<string>())
        {
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                Errors.Add($"script error: {message["params"]!["exceptionDetails"]!["exception"]?["description"] ?? message["params"]!["exceptionDetails"]!["text"]}");
                break;
            case "Network.responseReceived" when message["params"]!["response"]!["status"]!.GetValue<int>() is >= 400 and var status && !Expected.Contains(status):
                Errors.Add($"{status}: {message["params"]!["response"]!["url"]}");
                break;
        }
    }
}
