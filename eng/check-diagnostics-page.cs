#!/usr/bin/env dotnet
#:project ../src/Goroutines.Diagnostics/Goroutines.Diagnostics.csproj
#:project Chromium/Chromium.csproj
#:property PublishAot=false
#:property TreatWarningsAsErrors=false

// Opens each view of the diagnostics page in headless chromium while a process has a million parked goroutines: how long until the view is there, how
// long the process takes for its data, how much memory that takes, and a picture of each. Fails if the page reports an error. Not part of .ci/run.
//
//     dotnet run -c Release eng/check-diagnostics-page.cs [GOROUTINES] [FOLDER FOR PICTURES]

using System.Diagnostics;
using System.Globalization;
using Chromium;
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

    await using Browser browser = await Browser.StartAsync();
    Tab tab = browser.Tab;
    tab.Expected.Add(409); // nothing is recorded
    await tab.ShapeAsync(1280, dark: false);
    await tab.GoToAsync(url); // takes the cookie
    await ViewAsync(tab);
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
        if (!await ViewAsync(tab))
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
    program.Kill();
}

// Waits until the view that the address names has been drawn.
static async Task<bool> ViewAsync(Tab tab) =>
    await tab.UntilAsync("document.querySelector('main')?.dataset.v === location.hash && !document.querySelector('main .err')", "the view is there")
        && await tab.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done('drawn'))))") == "drawn";

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
