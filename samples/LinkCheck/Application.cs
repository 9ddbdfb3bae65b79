using System.Net;
using Goroutines;
using Goroutines.Net;

namespace LinkCheck;

/// <summary>The program between the command line and the crawler: connections, signals, progress and output.</summary>
internal static class Application
{
    /// <summary>Checks the site and writes the report.</summary>
    /// <returns>The exit code; see <see cref="ExitCode"/>.</returns>
    internal static int Run(CheckOptions options) => Go.Main(async () =>
    {
        // The first Ctrl+C ends the crawl and reports what is known. A second one ends the process as usual.
        using CancelContext stop = GoContext.WithSignals();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectCallback = async (context, cancellationToken) =>
                await Conn.DialAsync($"{Bracketed(context.DnsEndPoint.Host)}:{context.DnsEndPoint.Port}", cancellationToken),
            UseCookies = false,
        });
        var progress = new Progress();
        var crawler = new Crawler(options, client, progress);
        Report report = options.Quiet || Console.IsErrorRedirected
            ? await crawler.RunAsync(stop)
            : await progress.ShowWhileAsync(Console.Error, () => crawler.RunAsync(stop));

        await report.WriteAsync(Console.Out, options.Json);
        return report switch
        {
            { Interrupted: true } => ExitCode.Interrupted,
            { Pages: 0 } => ExitCode.NoStart,
            { Broken.Count: > 0 } => ExitCode.Broken,
            _ => ExitCode.Success,
        };
    });

    // An IPv6 address is put in brackets before a port.
    private static string Bracketed(string host) => host.Contains(':') && host[0] != '[' ? $"[{host}]" : host;
}
