using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Goroutines.ClusterComparison;

/// <summary>A server of the comparison's own, on the loopback, with its store in a temporary folder.</summary>
internal sealed class Server : IDisposable
{
    // The shell ends the server when the comparison has ended, however that came about: its input ends then.
    private const string Watch = """ "$@" >/dev/null 2>&1 </dev/null & cat >/dev/null; kill -9 $! 2>/dev/null; wait $! 2>/dev/null """;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("goroutines-bench-").FullName;
    private readonly int _port = FreePort();
    private readonly string[] _otherPorts = [Text(FreePort()), Text(FreePort())];
    private readonly string _engine;
    private readonly string _program;
    private Process? _shell;

    public Server(string engine, string program)
    {
        _engine = engine;
        _program = program;
        Start();
    }

    public string Url => _engine == "nats" ? $"nats://127.0.0.1:{Port}" : $"127.0.0.1:{Port}";

    /// <summary>Whether each row needs a new one: a silo of Orleans goes on with what the row before has sent and nobody receives.</summary>
    public bool IsForOneRow => _engine == "orleans";

    private string Port => Text(_port);

    /// <summary>Starts the server, and returns when it listens.</summary>
    public void Start()
    {
        string[] arguments = _engine switch
        {
            "nats" => ["-a", "127.0.0.1", "-p", Port, "-js", "-sd", _folder],
            "rabbitmq" => [Port, .. _otherPorts, _folder],
            "orleans" => ["silo", Port, _otherPorts[0]],
            _ => ["--bind", "127.0.0.1", "--port", Port, "--dir", _folder, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
        };
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Watch, "sh", _program, .. arguments]) { RedirectStandardInput = true })!;
        Stopwatch patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using TcpClient client = new();
                client.Connect(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException) when (patience.Elapsed < s_limit)
            {
                Thread.Sleep(2);
            }
            catch (SocketException exception)
            {
                throw new ComparisonException($"waited {s_limit.TotalSeconds:0} s for {_program} to listen: {exception.Message}");
            }
        }
    }

    /// <summary>Kills the server, which gets no chance to write anything.</summary>
    public void Kill()
    {
        _shell!.StandardInput.Close();
        if (!_shell.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            throw new ComparisonException($"waited 10 s for the end of {_program}");
        }

        _shell.Dispose();
        _shell = null;
    }

    public void Dispose()
    {
        if (_shell is not null)
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the program says of its version.</summary>
    public static string VersionOf(string program)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string text = process.StandardOutput.ReadLine() ?? "";
        process.WaitForExit(TimeSpan.FromSeconds(5));
        return text.Trim();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
