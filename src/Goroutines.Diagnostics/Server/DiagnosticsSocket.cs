using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Goroutines.Platform;

namespace Goroutines.Diagnostics;

/// <summary>The Unix domain socket through which the tool <c>goroutines</c> reaches a process.</summary>
/// <remarks>Nothing listens unless <see cref="Start"/> is called. On Linux and macOS, only the process's user may open the socket (mode 0600,
/// in a folder of that user with mode 0700). On Windows, the rights of <see cref="Folder"/> alone decide who may open it; by default it inherits them from
/// the user's folder of temporary files. All members are safe to call from any thread.</remarks>
public static class DiagnosticsSocket
{
    internal const string FolderVariable = "GOROUTINES_SOCKET_DIR";
    internal const string Extension = ".sock";

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Gets the folder of the sockets: the value of the environment variable <c>GOROUTINES_SOCKET_DIR</c>; otherwise
    /// <c>goroutines</c> in <c>XDG_RUNTIME_DIR</c>; otherwise <c>goroutines-USER</c> in the folder of temporary files.</summary>
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

    /// <summary>Gets the path of a process's socket.</summary>
    /// <param name="processId">The id of the process.</param>
    /// <returns>The path. The socket need not exist.</returns>
    public static string PathOf(int processId) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{processId}{Extension}"));

    /// <summary>Starts a server on this process's socket.</summary>
    /// <param name="runtime">The runtime that is shown; <see langword="null"/> for <see cref="GoRuntime.Default"/>.</param>
    /// <returns>The server. Dispose of it to stop.</returns>
    /// <exception cref="IOException">The process already listens there, or the socket could not be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the folder, the folder belongs to another user, or it is a symbolic
    /// link. On Windows, this is not checked.</exception>
    public static DiagnosticsServer Start(GoRuntime? runtime = null)
    {
        string path = PathOf(Environment.ProcessId);
        if (!OperatingSystem.IsWindows())
        {
            MakeFolder(Folder);
        }
        else
        {
            Directory.CreateDirectory(Folder);
        }

        DeleteIfDead(path);
        return DiagnosticsServer.Start(new DiagnosticsServerOptions { Runtime = runtime, SocketPath = path });
    }

    /// <summary>Makes the folder of the sockets, or checks the one that is there. Another user may have made it before: in a folder of that user, who could put
    /// another socket in the place of this one, no process listens, not even that of an administrator.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static void MakeFolder(string path)
    {
        DirectoryInfo folder = Directory.Exists(path) ? new DirectoryInfo(path) : Directory.CreateDirectory(path, OwnersOnly);
        if ((folder.UnixFileMode & ~OwnersOnly) != 0)
        {
            throw new UnauthorizedAccessException($"The folder {path} is open to others than its user: make it, with mode 0700, or set {FolderVariable}.");
        }

        if (FolderOwner.IsOwn(path) == false)
        {
            throw new UnauthorizedAccessException($"{path} is a link, or belongs to another user: make a folder, with mode 0700, or set {FolderVariable}.");
        }
    }

    /// <summary>Deletes the socket if an earlier process with the same id left it behind. It would prevent listening.</summary>
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
