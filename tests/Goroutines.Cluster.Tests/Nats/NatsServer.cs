using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>A nats-server of the tests' own, on a port of the loopback and with a store in a temporary folder. Killed by its own process number.</summary>
/// <remarks>A shell stands between: it kills the server when this process has ended, however that came about, because its input ends then.</remarks>
public sealed class NatsServer : IAsyncLifetime
{
    private const string Watch = """ "$@" >>"$LOG" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null; wait $! 2>/dev/null """;

    /// <summary>Mounts a small file system of its own over the store, which nobody else sees, and becomes the server.</summary>
    private const string Mount = """ mount -t tmpfs -o size="$SIZE" none "$STORE" && exec "$@" """;

    private static readonly Lazy<bool> s_canMount = new(static () =>
    {
        using Process process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/tmp"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("goroutines-nats-").FullName;
    private readonly string[] _arguments;
    private string? _diskSize;
    private Process? _shell;

    public NatsServer()
        : this(FreePort())
    {
    }

    internal NatsServer(int port, params string[] arguments)
    {
        Port = port;
        _arguments = arguments;
    }

    internal int Port { get; }

    internal string Url => $"nats://127.0.0.1:{Port}";

    internal int Pid { get; private set; }

    internal string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "log");

    private static bool IsLeftForLater => Environment.GetEnvironmentVariable("GOROUTINES_CLUSTER_SERVER") == "later";

    /// <summary>Whether <see cref="OnSmallDisk"/> can be had here.</summary>
    internal static bool CanMount => s_canMount.Value;

    /// <summary>Returns a server whose store is on a file system of a given size.</summary>
    internal static NatsServer OnSmallDisk(string size) => new() { _diskSize = size };

    /// <summary>Returns a server that takes no more than a given size for its store.</summary>
    internal static NatsServer Limited(string size)
    {
        NatsServer server = new(FreePort(), "--config", "limits");
        server._arguments[1] = Path.Combine(server._folder, "limits");
        File.WriteAllText(server._arguments[1], $"jetstream {{ max_file_store: {size} }}");
        return server;
    }

    internal static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Starts the server, if there is one. As a fixture's, it must not skip: that would be a failure of each test.</summary>
    public ValueTask InitializeAsync() => IsLeftForLater || ServerFile.Path is null ? default : StartAsync();

    /// <summary>Skips the test if there is no server for it; fails it in CI, which must have one.</summary>
    internal static void SkipIfMissing()
    {
        Assert.SkipWhen(IsLeftForLater, "the step cluster of .ci/run runs these, alone");
        if (ServerFile.Path is null)
        {
            Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") != "true", ServerFile.Reason);
            Assert.Fail(ServerFile.Reason);
        }
    }

    internal async ValueTask StartAsync()
    {
        string[] disk = _diskSize is null ? [] : ["unshare", "--mount", "/bin/sh", "-c", Mount, "sh"];
        string store = Directory.CreateDirectory(Path.Combine(_folder, "store")).FullName;
        ProcessStartInfo info = new("/bin/sh", ["-c", Watch, "sh", .. disk, ServerFile.Path!, "-a", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-js", "-sd", store, .. _arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["LOG"] = LogFile;
        info.Environment["STORE"] = store;
        info.Environment["SIZE"] = _diskSize;
        _shell = Process.Start(info)!;
        Pid = int.Parse((await _shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        Stopwatch patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (patience.Elapsed < Patience.Start)
            {
                await Task.Delay(10); // until the server listens
            }
        }
    }

    /// <summary>Kills the server without a chance to write anything.</summary>
    internal async ValueTask KillAsync()
    {
        Signal(9);
        _shell!.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _shell = null;
    }

    internal void Pause() => Signal(19);

    internal void Resume() => Signal(18);

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await KillAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Signal(int number)
    {
        if (Kill(Pid, number) != 0)
        {
            throw new InvalidOperationException($"nats-server {Pid} is not there: {Log}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
