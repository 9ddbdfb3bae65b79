#!/usr/bin/env dotnet
#:project Chromium/Chromium.csproj
#:property PublishAot=false

// Opens the built site in headless chromium as a reader does: searches it, follows the first result, and takes pictures of the pages that are looked at
// most, in light, in dark and as wide as a phone. Fails if the search finds nothing, a page reports an error, or something is wider than the phone.
//
//     eng/site && dotnet run eng/check-site.cs artifacts/site/html artifacts/site/pictures

using System.Net;
using System.Text.Json;
using Chromium;

string root = Path.GetFullPath(args.Length > 0 ? args[0] : "artifacts/site/html");
string pictures = Path.GetFullPath(args.Length > 1 ? args[1] : "artifacts/site/pictures");
Directory.CreateDirectory(pictures);
List<string> faults = [];
string address = Serve(root);

await using (Browser browser = await Browser.StartAsync())
{
    Tab tab = browser.Tab;
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

faults.ForEach(Console.Error.WriteLine);
Console.WriteLine(faults.Count == 0 ? $"the site is good; pictures in {pictures}" : $"{faults.Count} faults; pictures in {pictures}");
return faults.Count == 0 ? 0 : 1;

async Task SearchAsync(Tab tab)
{
    await tab.ShapeAsync(1280, dark: false);
    await OpenAsync(tab, $"{address}/index.html");
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
        await OpenAsync(tab, $"{address}/{page}");
        await tab.PictureAsync(Path.Combine(pictures, $"{name}-{suffix}.png"));
        string tooWide = await tab.EvaluateAsync("document.documentElement.scrollWidth > document.documentElement.clientWidth ? `${document.documentElement.scrollWidth} of ${document.documentElement.clientWidth}` : ''");
        if (tooWide.Length > 0)
        {
            faults.Add($"{page}: wider than the window at {width}: {tooWide}");
        }
    }
}

// Opens a page and waits until its scripts have done what changes its looks.
static async Task OpenAsync(Tab tab, string url)
{
    await tab.GoToAsync(url);
    await tab.UntilAsync("document.querySelector('article, main') && document.documentElement.dataset.bsTheme !== undefined", "the page has its looks");
    await tab.UntilAsync("[...document.querySelectorAll('pre code[class*=lang-]')].every(code => code.classList.contains('hljs'))", "the code has its colours");
    await tab.EvaluateAsync("new Promise(done => requestAnimationFrame(() => setTimeout(done, 300)))");
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
