using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Chromium;

/// <summary>A headless chromium with one page, and a profile of its own that ends with it.</summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private Tab? _tab;

    private Browser(Process process, DirectoryInfo profile)
    {
        _process = process;
        _profile = profile;
    }

    /// <summary>Gets the page.</summary>
    public Tab Tab => _tab!;

    /// <summary>Starts chromium, which has to be on the path, and connects to its page.</summary>
    /// <exception cref="IOException">chromium ended before it listened.</exception>
    public static async Task<Browser> StartAsync()
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("chromium-");
        string[] options =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
        ];
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("chromium", options) { RedirectStandardError = true })!;
        }
        catch
        {
            profile.Delete(recursive: true);
            throw;
        }

        Browser browser = new(process, profile);
        try
        {
            browser._tab = await Tab.OpenAsync(await PageOfAsync(process));
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_tab?.DisposeAsync() ?? default);
        }
        finally
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
            _profile.Delete(recursive: true);
        }
    }

    /// <summary>Returns the address of the page's debugger.</summary>
    private static async Task<string> PageOfAsync(Process process)
    {
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync() ?? throw new IOException("chromium ended before it listened");
        }
        while (!line.StartsWith(Listening, StringComparison.Ordinal));
        _ = process.StandardError.ReadToEndAsync(); // chromium stops when nothing reads what it writes
        using HttpClient http = new();
        JsonArray targets = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{new Uri(line[Listening.Length..]).Port}/json/list")))!.AsArray();
        return targets.First(static target => target!["type"]!.GetValue<string>() == "page")!["webSocketDebuggerUrl"]!.GetValue<string>();
    }
}
