using System.Globalization;
using System.Net.Sockets;

namespace Goroutines.Diagnostics;

/// <summary>The Unix domain socket where the tool <c>goroutines</c> finds a process.</summary>
/// <remarks>Nothing listens unless <see cref="Start"/> is called. The socket is its user's alone (mode 0600, in a folder with mode 0700). Safe from any thread.</remarks>
public static class DiagnosticsSocket
{
    internal const string FolderVariable = "GOROUTINES_SOCKET_DIR";
    internal const string Extension = ".sock";

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of the sockets: what the environment variable <c>GOROUTINES_SOCKET_DIR</c> says; else <c>goroutines</c> in <c>XDG_RUNTIME_DIR</c>; else
    /// <c>goroutines-USER</c> in the folder of temporary files.</summary>
    public static string Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
            {
                return Path.GetFullPath(folder);
            }

            return Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
                ? Path.Combine(runtime, "goroutines")
                : Path.Combine(Path.GetTempPath(), $"goroutines-{Environment.UserName}");
        }
    }

    /// <summary>The path of a process's socket.</summary>
    /// <param name="processId">The process.</param>
    /// <returns>The path; there need be no socket.</returns>
    public static string PathOf(int processId) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{processId}{Extension}"));

    /// <summary>Begins to listen on this process's socket.</summary>
    /// <param name="runtime">The runtime that is shown; <see langword="null"/>: <see cref="GoRuntime.Default"/>.</param>
    /// <returns>The server. Dispose it to stop.</returns>
    /// <exception cref="IOException">The process listens there already, or the socket can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is open to others than its user.</exception>
    public static DiagnosticsServer Start(GoRuntime? runtime = null)
    {
        string path = PathOf(Environment.ProcessId);
        if (!OperatingSystem.IsWindows())
        {
            DirectoryInfo folder = Directory.Exists(Folder) ? new DirectoryInfo(Folder) : Directory.CreateDirectory(Folder, OwnersOnly);
            if ((folder.UnixFileMode & ~OwnersOnly) != 0)
            {
                throw new UnauthorizedAccessException($"The folder {Folder} is open to others than its user: make it, with mode 0700, or set {FolderVariable}.");
            }
        }
        else
        {
            Directory.CreateDirectory(Folder);
        }

        DeleteIfDead(path);
        return DiagnosticsServer.Start(new DiagnosticsServerOptions { Runtime = runtime, SocketPath = path });
    }

    /// <summary>A socket that is left of an earlier process with the same id is in the way.</summary>
    private static void DeleteIfDead(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
        }
    }
}
