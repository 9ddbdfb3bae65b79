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
    private const string Watch = """ "$@" >>"$LOG" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null """;

    private readonly string _folder = Directory.CreateTempSubdirectory("goroutines-nats-").FullName;
    private readonly string[] _arguments;
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

    internal string Folder => _folder;

    internal string Url => $"nats://127.0.0.1:{Port}";

    internal int Pid { get; private set; }

    internal string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "log");

    private static bool IsLeftForLater => Environment.GetEnvironmentVariable("GOROUTINES_CLUSTER_SERVER") == "later";

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
        ProcessStartInfo info = new("/bin/sh", ["-c", Watch, "sh", ServerFile.Path!, "-a", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-js", "-sd", _folder, .. _arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["LOG"] = LogFile;
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
            catch (SocketException) when (patience.Elapsed < TimeSpan.FromSeconds(20))
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
