using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Goroutines.Diagnostics;

namespace Goroutines.Tool;

/// <summary>A process that listens on its socket and answers HTTP requests.</summary>
internal sealed class Target : IDisposable
{
    private readonly HttpClient _client;

    private Target(int processId, string path)
    {
        ProcessId = processId;
        SocketsHttpHandler handler = new()
        {
            UseProxy = false,
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri("http://localhost/"), Timeout = TimeSpan.FromMinutes(5) };
    }

    internal int ProcessId { get; }

    /// <summary>Returns the processes that have a socket, in order of their ids. Some may have ended without removing theirs.</summary>
    internal static IEnumerable<Target> All()
    {
        string folder = DiagnosticsSocket.Folder;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(folder, $"*{DiagnosticsSocket.Extension}")
            .Select(static path => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? (Id: id, Path: path) : (Id: -1, Path: path))
            .Where(static socket => socket.Id > 0).OrderBy(static socket => socket.Id).Select(static socket => new Target(socket.Id, socket.Path));
    }

    /// <summary>Returns the target for a process.</summary>
    /// <exception cref="ToolException">The process has no socket.</exception>
    internal static Target Of(int processId)
    {
        string path = DiagnosticsSocket.PathOf(processId);
        return File.Exists(path) ? new Target(processId, path)
            : throw new ToolException($"process {processId} has no socket at {path}: does it call DiagnosticsSocket.Start()?");
    }

    internal async Task<JsonElement> GetJsonAsync(string path, CancellationToken cancellationToken)
        => await ReadJsonAsync(HttpMethod.Get, path, cancellationToken).ConfigureAwait(false);

    internal async Task<JsonElement> PostJsonAsync(string path, CancellationToken cancellationToken)
        => await ReadJsonAsync(HttpMethod.Post, path, cancellationToken).ConfigureAwait(false);

    /// <summary>Sends a request and copies the answer.</summary>
    internal async Task CopyAsync(HttpMethod method, string path, Stream destination, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(method, path, cancellationToken).ConfigureAwait(false);
        await response.Content.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> ReadJsonAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(method, path, cancellationToken).ConfigureAwait(false);
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken).ConfigureAwait(false);
        return document.RootElement.Clone();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("goroutines", null));
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            throw new ToolException($"process {ProcessId} does not answer: {exception.InnerException?.Message ?? exception.Message}");
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        string message = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        response.Dispose();
        throw new ToolException($"process {ProcessId}: {message.Trim()}");
    }
}
