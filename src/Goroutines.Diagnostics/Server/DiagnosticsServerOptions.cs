namespace Goroutines.Diagnostics;

/// <summary>Settings of a <see cref="DiagnosticsServer"/>.</summary>
public sealed class DiagnosticsServerOptions
{
    /// <summary>The runtime that is shown. <see langword="null"/>, the default: <see cref="GoRuntime.Default"/>.</summary>
    public GoRuntime? Runtime { get; init; }

    /// <summary>The port on 127.0.0.1; 0, the default, takes a free one. Other addresses can't be listened on: put the page behind a web server with its own
    /// authorization for that.</summary>
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

    /// <summary>The path of a Unix domain socket to listen on instead of a port. Only the user that runs the process may connect (mode 0600), so no token is asked for.
    /// Its folder should be the user's own. <see langword="null"/>, the default: a port.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Whether those who have the address may do more than read: force a collection to search for leaks. The default is true.</summary>
    public bool AllowActions { get; init; } = true;

    /// <summary>Whether the values of labels are shown. The default is false: they may be secret.</summary>
    public bool ShowLabels { get; init; }

    /// <summary>Whether the names that <see cref="GoNames"/> gave channels and locks are shown. The default is true: who has the address is the developer.</summary>
    public bool ShowNames { get; init; } = true;

    /// <summary>Whether files are shown with all the folders that the compiler saw. The default is false.</summary>
    public bool FullPaths { get; init; }
}
