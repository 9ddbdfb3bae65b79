using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Goroutines.Aspire.Hosting.Internal;

/// <summary>The page of one resource's goroutines, as its link and its commands reach it.</summary>
internal sealed partial class GoroutinesPage(IResourceWithEndpoints resource, GoroutinesResourceOptions options, string appHostDirectory)
{
    private const string Link = "Goroutines";
    private const int LongestExplanation = 500;

    /// <summary>Adds the link to the page to the resource's addresses. Does nothing if the resource has no endpoint for it.</summary>
    internal void AddLink(ResourceUrlsCallbackContext context)
    {
        if (FindEndpoint() is { IsAllocated: true } endpoint)
        {
            context.Urls.Add(new ResourceUrlAnnotation { Url = AddressOf(endpoint, "").AbsoluteUri, DisplayText = Link, Endpoint = endpoint });
        }
    }

    /// <summary>Shows a dump.</summary>
    internal Task<ExecuteCommandResult> DumpAsync(ExecuteCommandContext context)
        => ReadAsync(context, $"api/dump?limit={options.MostGoroutines.ToString(CultureInfo.InvariantCulture)}", "text/plain", async (endpoint, content) =>
        {
            string dump = await content.ReadAsStringAsync(context.CancellationToken).ConfigureAwait(false);
            int shown = GoroutineHeader().Count(dump);
            if (shown >= options.MostGoroutines)
            {
                dump += $"\n(these are the first {shown.ToString(CultureInfo.InvariantCulture)} goroutines; {AddressOf(endpoint, "")} shows the rest)\n";
            }

            return Shown($"{shown.ToString(CultureInfo.InvariantCulture)} goroutines of {context.ResourceName}", dump);
        });

    /// <summary>Writes what the flight recorder holds to a new file.</summary>
    internal Task<ExecuteCommandResult> RecordAsync(ExecuteCommandContext context)
        => ReadAsync(context, "flight", "application/octet-stream", async (_, content) =>
        {
            string path = NewPath(context);
            FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
            try
            {
                await using (file.ConfigureAwait(false))
                {
                    await content.CopyToAsync(file, context.CancellationToken).ConfigureAwait(false);
                }
            }
            catch
            {
                File.Delete(path);
                throw;
            }

            Log.Recorded(context.Logger, path);
            return Shown("Flight record saved; open it in ui.perfetto.dev.", path);
        });

    private async Task<ExecuteCommandResult> ReadAsync(ExecuteCommandContext context, string what, string type, Func<EndpointReference, HttpContent, Task<ExecuteCommandResult>> use)
    {
        if (FindEndpoint() is not { IsAllocated: true } endpoint)
        {
            return CommandResults.Failure($"{resource.Name} has no endpoint {options.EndpointName ?? "https or http"} that is in use.");
        }

        Uri address = AddressOf(endpoint, what);
        try
        {
            using HttpClient client = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient(options.HttpClientName);
            using HttpResponseMessage response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, context.CancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return CommandResults.Failure(await ExplainAsync(address, response, context.CancellationToken).ConfigureAwait(false));
            }

            return response.Content.Headers.ContentType?.MediaType == type
                ? await use(endpoint, response.Content).ConfigureAwait(false)
                : CommandResults.Failure($"{address} answers with something else, perhaps a page to sign in: give the commands a client with credentials (HttpClientName).");
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(context.Logger, address, exception);
            return CommandResults.Failure($"{address}: {exception.Message}");
        }
    }

    /// <summary>Says why the page refused: in its own words where it has some (403, 409), by its status otherwise.</summary>
    private static async Task<string> ExplainAsync(Uri address, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return $"{address} is not found: the service has no page there (app.MapGoroutines()).";
        }

        string said = response.Content.Headers.ContentType?.MediaType == "text/plain" ? (await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)).Trim() : "";
        return said.Length is > 0 and <= LongestExplanation ? said : $"{address} answers {(int)response.StatusCode} {response.ReasonPhrase}.";
    }

    /// <summary>Makes a result that the dashboard shows at once. It shows the text and not the message.</summary>
    private static ExecuteCommandResult Shown(string message, string text)
        => CommandResults.Success(message, new CommandResultData { Value = text, Format = CommandResultFormat.Text, DisplayImmediately = true });

    private EndpointReference? FindEndpoint()
    {
        string[] names = options.EndpointName is { } name ? [name] : ["https", "http"];
        EndpointReference[] endpoints = [.. resource.GetEndpoints()];
        return names.Select(wanted => Array.Find(endpoints, endpoint => string.Equals(endpoint.EndpointName, wanted, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(static endpoint => endpoint is not null);
    }

    private Uri AddressOf(EndpointReference endpoint, string rest) => new(new Uri(endpoint.Url), $"/{options.Path.Trim('/')}/{rest}");

    private string NewPath(ExecuteCommandContext context)
    {
        string folder = options.RecordsDirectory is { } chosen
            ? Path.GetFullPath(chosen, appHostDirectory)
            : Path.Combine(context.Services.GetRequiredService<IAspireStore>().BasePath, "goroutines");
        Directory.CreateDirectory(folder);
#pragma warning disable RS0030 // the default of the app host's clock
        DateTimeOffset now = (context.Services.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow();
#pragma warning restore RS0030
        return Path.Combine(folder, $"{context.ResourceName}-{now.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture)}.perfetto-trace");
    }

    [GeneratedRegex(@"^goroutine \d+ ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex GoroutineHeader();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Flight record of the goroutines: {Path}", EventName = "FlightRecorded")]
        internal static partial void Recorded(ILogger logger, string path);

        [LoggerMessage(2, LogLevel.Warning, "{Address} could not be read", EventName = "PageFailed")]
        internal static partial void Failed(ILogger logger, Uri address, Exception exception);
    }
}
