#!/usr/bin/env dotnet
#:property PublishAot=false

// Opens the built site in headless chromium as a reader does: searches it, follows the first result, and takes pictures of the pages that are looked at
// most, in light, in dark and as wide as a phone. Fails if the search finds nothing, a page reports an error, or something is wider than the phone.
//
//     eng/site && dotnet run eng/check-site.cs artifacts/site/html artifacts/site/pictures

using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

string root = Path.GetFullPath(args.Length > 0 ? args[0] : "artifacts/site/html");
string pictures = Path.GetFullPath(args.Length > 1 ? args[1] : "artifacts/site/pictures");
Directory.CreateDirectory(pictures);
List<string> faults = [];
string address = Serve(root);

string profile = Directory.CreateTempSubdirectory("check-site-").FullName;
string[] options =
[
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
];
ProcessStartInfo start = new("chromium", options) { RedirectStandardError = true };
using Process browser = Process.Start(start)!;
try
{
    string? line;
    do
    {
        line = await browser.StandardError.ReadLineAsync() ?? throw new IOException("chromium ended before it listened");
    }
    while (!line.StartsWith("DevTools listening on ", StringComparison.Ordinal));
    _ = browser.StandardError.ReadToEndAsync();
    string port = new Uri(line["DevTools listening on ".Length..]).Port.ToString();
    using HttpClient http = new();
    JsonArray targets = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!.AsArray();
    await using Tab tab = await Tab.OpenAsync(targets.First(target => target!["type"]!.GetValue<string>() == "page")!["webSocketDebuggerUrl"]!.GetValue<string>());
    await SearchAsync(tab);
    foreach ((string name, string page) in new[]
    {
        ("landing", "index.html"), ("guide", "guide/select.html"), ("api", "api/Goroutines.Chan-1.html"), ("benchmarks", "benchmarks/index.html"), ("cookbook", "book/cookbook.html"), ("race", "packages/race.html"), ("hosting", "packages/hosting.html"),
        ("go-benchmarks", "benchmarks/go.html"), ("libraries", "benchmarks/libraries.html"),
    })
    {
        if (!File.Exists(Path.Combine(root, page)))
        {
            faults.Add($"there is no page {page}");
            continue;
        }

        await LookAsync(tab, name, page);
    }

    faults.AddRange(tab.Errors.Distinct());
}
finally
{
    browser.Kill(entireProcessTree: true);
    browser.WaitForExit();
    Directory.Delete(profile, recursive: true);
}

faults.ForEach(Console.Error.WriteLine);
Console.WriteLine(faults.Count == 0 ? $"the site is good; pictures in {pictures}" : $"{faults.Count} faults; pictures in {pictures}");
return faults.Count == 0 ? 0 : 1;

async Task SearchAsync(Tab tab)
{
    await tab.ShapeAsync(1280, dark: false);
    await tab.GoToAsync($"{address}/index.html");
    await tab.UntilAsync("document.querySelector('#search-query') && !document.querySelector('#search-query').disabled", "the search box is ready");
    foreach (string query in new[] { "WithTimeout", "deadlock", "worker pool" })
    {
        await tab.EvaluateAsync($"(() => {{ const box = document.querySelector('#search-query'); box.value = {JsonSerializer.Serialize(query)}; box.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()");
        if (!await tab.UntilAsync($"document.querySelectorAll('#search-results .sr-item').length > 0 && document.querySelector('#search-results .search-list').textContent.includes({JsonSerializer.Serialize(query)})", $"the search finds '{query}'"))
        {
            faults.Add($"the search finds nothing for '{query}'");
            continue;
        }

        string first = await tab.EvaluateAsync("document.querySelector('#search-results .sr-item a').href");
        string count = await tab.EvaluateAsync("document.querySelector('#search-results .search-list')?.textContent ?? ''");
        Console.WriteLine($"search for '{query}': {count.Trim()}; first {first.Replace(address, "", StringComparison.Ordinal)}");
        if (!File.Exists(root + new Uri(first).AbsolutePath))
        {
            faults.Add($"the first result for '{query}' leads to {first}, which is not there");
        }
    }

    await tab.PictureAsync(Path.Combine(pictures, "search.png"));
}

async Task LookAsync(Tab tab, string name, string page)
{
    foreach ((string suffix, int width, bool dark) in new[] { ("light", 1280, false), ("dark", 1280, true), ("phone", 390, false) })
    {
        await tab.ShapeAsync(width, dark);
        await tab.GoToAsync($"{address}/{page}");
        await tab.PictureAsync(Path.Combine(pictures, $"{name}-{suffix}.png"));
        string tooWide = await tab.EvaluateAsync("document.documentElement.scrollWidth > document.documentElement.clientWidth ? `${document.documentElement.scrollWidth} of ${document.documentElement.clientWidth}` : ''");
        if (tooWide.Length > 0)
        {
            faults.Add($"{page}: wider than the window at {width}: {tooWide}");
        }
    }
}

// Serves the folder to the browser.
static string Serve(string root)
{
    HttpListener listener = new();
    int port = Random.Shared.Next(20_000, 30_000);
    listener.Prefixes.Add($"http://127.0.0.1:{port}/");
    listener.Start();
    _ = Task.Run(async () =>
    {
        while (true)
        {
            HttpListenerContext context = await listener.GetContextAsync();
            string path = Path.GetFullPath(Path.Join(root, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath)));
            if (path.StartsWith(root, StringComparison.Ordinal) && File.Exists(path))
            {
                context.Response.ContentType = Path.GetExtension(path) switch
                {
                    ".html" => "text/html; charset=utf-8",
                    ".js" => "text/javascript",
                    ".css" => "text/css",
                    ".json" => "application/json",
                    ".svg" => "image/svg+xml",
                    ".png" => "image/png",
                    _ => "application/octet-stream",
                };
                await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(path));
            }
            else
            {
                context.Response.StatusCode = 404;
            }

            context.Response.Close();
        }
    });
    return $"http://127.0.0.1:{port}";
}

// A page of the browser, over the DevTools protocol.
internal sealed class Tab : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _answers = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _loaded = new();
    private int _last;

    public List<string> Errors { get; } = [];

    public static async Task<Tab> OpenAsync(string url)
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

    public async Task ShapeAsync(int width, bool dark)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        JsonObject scheme = new() { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" };
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(scheme) });
    }

    public async Task GoToAsync(string url)
    {
        _loaded = new TaskCompletionSource();
        await CallAsync("Page.navigate", new JsonObject { ["url"] = url });
        await _loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await UntilAsync("document.querySelector('article, main') && document.documentElement.dataset.bsTheme !== undefined", "the page has its looks");
        await UntilAsync("[...document.querySelectorAll('pre code[class*=lang-]')].every(code => code.classList.contains('hljs'))", "the code has its colours");
        await EvaluateAsync("new Promise(done => requestAnimationFrame(() => setTimeout(done, 300)))");
    }

    public async Task PictureAsync(string path)
    {
        JsonNode answer = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
        await File.WriteAllBytesAsync(path, Convert.FromBase64String(answer["data"]!.GetValue<string>()));
    }

    public async Task<string> EvaluateAsync(string script)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = script, ["awaitPromise"] = true, ["returnByValue"] = true });
        if (answer["exceptionDetails"] is { } failure)
        {
            Errors.Add($"{script}: {failure["exception"]?["description"] ?? failure["text"]}");
        }

        return answer["result"]?["value"]?.ToString() ?? "";
    }

    public async Task<bool> UntilAsync(string condition, string what)
    {
        string outcome = await EvaluateAsync($"new Promise(done => {{ const end = Date.now() + 30000; (function look() {{ if ({condition}) done('yes'); else if (Date.now() > end) done('no'); else setTimeout(look, 50); }})(); }})");
        if (outcome != "yes")
        {
            Errors.Add($"waited in vain until {what}");
        }

        return outcome == "yes";
    }

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
            case "Network.responseReceived" when message["params"]!["response"]!["status"]!.GetValue<int>() >= 400:
                Errors.Add($"{message["params"]!["response"]!["status"]}: {message["params"]!["response"]!["url"]}");
                break;
        }
    }
}
