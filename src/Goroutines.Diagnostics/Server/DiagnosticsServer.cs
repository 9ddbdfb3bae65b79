using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Goroutines.Net;

namespace Goroutines.Diagnostics;

/// <summary>Serves the live page of a runtime to this machine: on a port of 127.0.0.1, or on a Unix domain socket.</summary>
/// <remarks>
/// <para>Nothing listens until <see cref="Start"/> is called. On a port, each request needs the token that is part of <see cref="Url"/>;
/// the browser gets it as a cookie with the first request. The <c>Host</c> has to be this machine's, and the <c>Origin</c>, if there is
/// one, the page's own. The page never shows arguments or the values of channels.</para>
/// <para>The server has a runtime of its own. So it answers even if the runtime that it shows hangs, and its own goroutines are in no list.
/// It does nothing until it gets a request.</para>
/// <para>All members are safe to call from any thread.</para>
/// </remarks>
public sealed class DiagnosticsServer : IAsyncDisposable
{
    private const int MostConnections = 32;

    private readonly GoRuntime _own;
    private readonly Listener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private DiagnosticsServer(GoRuntime own, Listener listener, HttpGate gate, HttpServer server, Uri? url, string? socketPath)
    {
        _own = own;
        _listener = listener;
        Token = gate.Token;
        Url = url;
        SocketPath = socketPath;
        _serving = own.Run(() => listener.ServeAsync(server.HandleAsync, static _ => { }, new ServeOptions { MaxConnections = MostConnections }, _stop.Token)).AsTask();
    }

    /// <summary>Gets the page's address, with its token; <see langword="null"/> on a Unix domain socket. Anyone who has the address can
    /// read the page.</summary>
    public Uri? Url { get; }

    /// <summary>Gets the path of the Unix domain socket; <see langword="null"/> on a port.</summary>
    public string? SocketPath { get; }

    /// <summary>Gets the token that each request on a port must carry: as a cookie, as the parameter <c>token</c> or in the header
    /// <c>Authorization</c> (<c>Bearer</c>). It is empty on a Unix domain socket.</summary>
    public string Token { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults, with a free port.</param>
    /// <returns>The server. Dispose of it to stop.</returns>
    /// <exception cref="IOException">The port or the path is in use, or listening on it fails.</exception>
    public static DiagnosticsServer Start(DiagnosticsServerOptions? options = null)
    {
        options ??= new DiagnosticsServerOptions();
        DiagnosticsPage page = new(options.Runtime ?? GoRuntime.Default, new DiagnosticsPageOptions
        {
            ShowLabels = options.ShowLabels,
            ShowNames = options.ShowNames,
            FullPaths = options.FullPaths,
        });
        Listener listener = options.SocketPath is { } path ? ListenOnSocket(path) : Listener.Listen($"127.0.0.1:{options.Port}");
        GoRuntime own = new(new GoRuntimeOptions { Name = "goroutines diagnostics", MaxProcs = 1 });
        if (options.SocketPath is not null)
        {
            HttpGate open = new("", 0);
            return new DiagnosticsServer(own, listener, open, new HttpServer(page, open, options.AllowActions), null, options.SocketPath);
        }

        int port = ((IPEndPoint)listener.LocalEndPoint).Port;
        HttpGate gate = new(RandomNumberGenerator.GetHexString(32, lowercase: true), port);
        return new DiagnosticsServer(own, listener, gate, new HttpServer(page, gate, options.AllowActions), new Uri($"http://127.0.0.1:{port}/?token={gate.Token}"), null);
    }

    /// <summary>Stops listening, cancels the requests being answered, and waits for them to end.</summary>
    /// <returns>A task that completes when the server has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _own.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static Listener ListenOnSocket(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Listener.Listen($"unix:{path}"); // access to the folder decides who may connect
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Listener.Listen($"unix:{path}", OwnersOnly(path));
    }

    /// <summary>Returns options that set the mode of a socket before it listens. Until then the system refuses connections, so other users
    /// cannot connect at any time, whatever the folder's mode is.</summary>
    /// <remarks>Rejected: a umask, which belongs to the whole process; a socket that is made in a private folder and then renamed, which would
    /// replace another process's socket without notice.</remarks>
    [UnsupportedOSPlatform("windows")]
    internal static ListenerOptions OwnersOnly(string path)
        => new() { OnBound = () => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite) };
}
