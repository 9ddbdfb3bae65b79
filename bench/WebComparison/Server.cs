using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Goroutines.WebComparison;

/// <summary>A server in a process of its own.</summary>
internal sealed class Server : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private Server(string name, Uri uri, Process process, X509Certificate2? certificate)
    {
        Name = name;
        Uri = uri;
        _process = process;
        SocketsHttpHandler handler = new();
        if (certificate is not null)
        {
            string expected = certificate.GetCertHashString();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, found, _, errors) => errors == SslPolicyErrors.None || found?.GetCertHashString() == expected;
        }

        _client = new HttpClient(handler) { BaseAddress = uri };
    }

    internal string Name { get; }

    internal Uri Uri { get; }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or does not answer within half a minute.</exception>
    internal static async Task<Server> StartAsync(string name, string program, (string Path, string Key)? certificate)
    {
        Uri uri = new($"{(certificate is null ? "http" : "https")}://127.0.0.1:{FreePort()}");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        start.ArgumentList.Add(name == "go" ? "net/http" : name);
        start.ArgumentList.Add(uri.OriginalString);
        if (certificate is var (path, key))
        {
            start.ArgumentList.Add(path);
            start.ArgumentList.Add(key);
            start.Environment["Kestrel__Certificates__Default__Path"] = path;
            start.Environment["Kestrel__Certificates__Default__KeyPath"] = key;
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        Server server = new(name, uri, process, certificate is null ? null : X509CertificateLoader.LoadCertificateFromFile(certificate.Value.Path));
        for (int i = 0; i < 300; i++)
        {
            try
            {
                await server.CostAsync();
                return server;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(100);
            }
        }

        server.Dispose();
        throw new InvalidOperationException($"{name} does not answer at {uri}.");
    }

    /// <summary>What the process has used so far.</summary>
    internal async Task<Cost> CostAsync()
    {
        long[] figures = [.. (await _client.GetStringAsync("/cost")).Split(' ').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        return new Cost(figures[0], figures[1]);
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
