#!/usr/bin/env dotnet
#:project ../src/Goroutines.Diagnostics/Goroutines.Diagnostics.csproj
#:property PublishAot=false
#:property TreatWarningsAsErrors=false

// Opens each view of the diagnostics page in headless chromium while a process has a million parked goroutines: how long until the view is there, how
// long the process takes for its data, how much memory that takes, and a picture of each. Fails if the page reports an error. Not part of .ci/run.
//
//     dotnet run -c Release eng/check-diagnostics-page.cs [GOROUTINES] [FOLDER FOR PICTURES]

using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Goroutines;
using Goroutines.Diagnostics;

if (args is ["serve", var number])
{
    Crowd.Serve(int.Parse(number, CultureInfo.InvariantCulture));
    return 0;
}

string count = args.Length > 0 ? args[0] : "1000000";
string pictures = Path.GetFullPath(args.Length > 1 ? args[1] : "artifacts/diagnostics-page");
Directory.CreateDirectory(pictures);
ProcessStartInfo crowd = new(Environment.ProcessPath!, ["serve", count]) { RedirectStandardInput = true, RedirectStandardOutput = true };
using Process program = Process.Start(crowd)!;
string profile = Directory.CreateTempSubdirectory("check-page-").FullName;
string[] options =
[
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
];
ProcessStartInfo start = new("chromium", options) { RedirectStandardError = true };
using Process browser = Process.Start(start)!;
try
{
    string url = "";
    long before = 0;
    while (url.Length == 0 && await program.StandardOutput.ReadLineAsync() is { } told)
    {
        if (told.StartsWith("http", StringComparison.Ordinal))
        {
            url = told;
            before = Resident();
        }
        else
        {
            Console.WriteLine(told);
        }
    }

    string? line;
    do
    {
        line = await browser.StandardError.ReadLineAsync() ?? throw new IOException("chromium ended before it listened");
    }
    while (!line.StartsWith("DevTools listening on ", StringComparison.Ordinal));
    _ = browser.StandardError.ReadToEndAsync();
    string port = new Uri(line["DevTools listening on ".Length..]).Port.ToString(CultureInfo.InvariantCulture);
    using HttpClient http = new();
    JsonArray targets = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!.AsArray();
    await using Tab tab = await Tab.OpenAsync(targets.First(target => target!["type"]!.GetValue<string>() == "page")!["webSocketDebuggerUrl"]!.GetValue<string>());
    await tab.ShapeAsync(1280, dark: false);
    await tab.GoToAsync(url); // takes the cookie
    await tab.ViewAsync();
    Console.WriteLine($"memory of the process before the first view: {before >> 20} MB");
    Console.WriteLine("| view | first paint | the view is there | data, per request | processor time of the process | memory after | on the page |");
    Console.WriteLine("|---|---|---|---|---|---|---|");
    string page = url[..url.IndexOf('?', StringComparison.Ordinal)];
    foreach ((string name, string hash) in new[]
    {
        ("overview", ""), ("groups", "v=groups"), ("groups-by-reason", "v=groups&by=reason"), ("groups-by-object", "v=groups&by=object"), ("list", "v=list"), ("list-search", "v=list&q=reason%3Aselect+age%3E1s"),
        ("goroutine", "v=goroutine&id=1000"), ("graph", "v=graph"), ("objects", "v=objects"), ("suspects", "v=suspects"), ("timeline", "v=timeline"), ("profiles", "v=profiles"),
    })
    {
        await tab.GoToAsync("about:blank");
        TimeSpan spent = Processor();
        await tab.GoToAsync(hash.Length == 0 ? page : $"{page}#{hash}");
        if (!await tab.ViewAsync())
        {
            continue;
        }

        string there = await tab.EvaluateAsync("Math.round(performance.now())");
        string paint = await tab.EvaluateAsync("Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1)");
        string data = await tab.EvaluateAsync("performance.getEntriesByType('resource').filter(e => e.name.includes('/api/')).map(e => new URL(e.name).pathname.split('/').pop() + ' ' + Math.round(e.duration) + ' ms ' + Math.round(e.decodedBodySize / 1000) + ' kB').join(', ')");
        string shown = await tab.EvaluateAsync("document.querySelectorAll('main tr, main svg g, main svg a').length + ' rows and nodes, ' + Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e6) + ' MB'");
        await tab.PictureAsync(Path.Combine(pictures, $"{name}.png"));
        Console.WriteLine($"| {name} | {paint} ms | {there} ms | {data} | {(Processor() - spent).TotalMilliseconds:0} ms | {Resident() >> 20} MB | {shown} |");
    }

    tab.Errors.ForEach(Console.Error.WriteLine);
    Console.WriteLine($"pictures in {pictures}");
    return tab.Errors.Count == 0 ? 0 : 1;
}
finally
{
    browser.Kill(entireProcessTree: true);
    program.Kill();
    browser.WaitForExit();
    Directory.Delete(profile, recursive: true);
}

long Resident()
{
    program.Refresh();
    return program.WorkingSet64;
}

TimeSpan Processor()
{
    program.Refresh();
    return program.TotalProcessorTime;
}

// What the process under the page does: groups of parked goroutines of several kinds, as a service has them.
internal static class Crowd
{
    public static void Serve(int count) => Go.Main(async () =>
    {
        Stopwatch watch = Stopwatch.StartNew();
        GoTracking.Holders = true;
        Chan<int>[] channels = [.. Enumerable.Range(0, 1000).Select(static _ => new Chan<int>())];
        Chan<int>[] full = [.. Enumerable.Range(0, 10).Select(static _ => new Chan<int>())];
        for (int i = 0; i < count * 6 / 10; i++)
        {
            Go.Spawn(ReceiveAsync, channels[i % channels.Length]);
        }

        for (int i = 0; i < count / 10; i++)
        {
            Go.Spawn(SendAsync, full[i % full.Length]);
            Go.Spawn(SelectAsync, channels[i % channels.Length], channels[(i + 1) % channels.Length]);
            Go.Spawn(static () => Go.SleepAsync(TimeSpan.FromHours(1)));
        }

        GoMutex[] locks = [.. Enumerable.Range(0, 50).Select(static _ => new GoMutex())];
        for (int i = 0; i < count / 10; i++)
        {
            Go.Spawn(HoldAsync, locks[i % locks.Length]);
        }

        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        await using DiagnosticsServer server = DiagnosticsServer.Start();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Go.Count:N0} goroutines after {watch.Elapsed.TotalSeconds:0.0} s"));
        Console.WriteLine(server.Url);
        await Task.Run(Console.In.ReadToEnd); // until the one that started this ends
        GC.KeepAlive((channels, full));
    });

    private static async ValueTask ReceiveAsync(Chan<int> channel) => await channel.ReceiveAsync();

    private static async ValueTask SendAsync(Chan<int> channel) => await channel.SendAsync(1);

    private static async ValueTask SelectAsync(Chan<int> one, Chan<int> other) => await new Select().AndReceive(one).AndReceive(other).AndTimeout(TimeSpan.FromHours(1)).WaitAsync();

    private static async ValueTask HoldAsync(GoMutex mutex)
    {
        using (await mutex.LockAsync())
        {
            await Go.SleepAsync(TimeSpan.FromHours(1));
        }
    }
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
    }

    // Waits until the view that the address names has been drawn.
    public async Task<bool> ViewAsync() =>
        await UntilAsync("document.querySelector('main')?.dataset.v === location.hash && !document.querySelector('main .err')", "the view is there")
            && await EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done('drawn'))))") == "drawn";

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
            case "Network.responseReceived" when message["params"]!["response"]!["status"]!.GetValue<int>() is >= 400 and not 409: // 409: nothing is recorded
                Errors.Add($"{message["params"]!["response"]!["status"]}: {message["params"]!["response"]!["url"]}");
                break;
        }
    }
}
