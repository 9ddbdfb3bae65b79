namespace Goroutines.Diagnostics;

/// <summary>The settings of a <see cref="DiagnosticsServer"/>.</summary>
public sealed class DiagnosticsServerOptions
{
    /// <summary>Gets or sets the runtime that is shown. If it is <see langword="null"/>, the default, <see cref="GoRuntime.Default"/> is
    /// shown.</summary>
    public GoRuntime? Runtime { get; init; }

    /// <summary>Gets or sets the port on 127.0.0.1; 0, the default, takes a free one. The server listens on no other address. To make the
    /// page reachable from elsewhere, put it behind a web server with its own authorization.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0 or more than 65535.</exception>
    public int Port
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 65535);
            field = value;
        }
    }

    /// <summary>Gets or sets the path of a Unix domain socket to listen on instead of a port. No token is needed. If it is
    /// <see langword="null"/>, the default, the server listens on a port.</summary>
    /// <remarks>On Linux and macOS, only the user that runs the process may connect (mode 0600), and a folder that does not exist is created
    /// with mode 0700. On Windows, the rights of the folder alone decide who may connect, and the folder has to exist. On every system, put the
    /// socket in a folder to which only that user has access.</remarks>
    public string? SocketPath { get; init; }

    /// <summary>Gets or sets whether clients may also force a collection to search for leaks, and take traces and timed profiles. The
    /// default is true.</summary>
    public bool AllowActions { get; init; } = true;

    /// <summary>Gets or sets whether the values of labels are shown. The default is false, since they may be secret.</summary>
    public bool ShowLabels { get; init; }

    /// <summary>Gets or sets whether the names that <see cref="GoNames"/> gave channels and locks are shown. The default is true, since
    /// only the developer has the address.</summary>
    public bool ShowNames { get; init; } = true;

    /// <summary>Gets or sets whether source files are shown with their full paths, as the compiler saw them. The default is
    /// false.</summary>
    public bool FullPaths { get; init; }
}
