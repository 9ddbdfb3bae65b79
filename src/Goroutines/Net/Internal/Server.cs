using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Goroutines.Net;

/// <summary>One call of <see cref="Listener.ServeAsync(Func{Conn, CancellationToken, ValueTask}, Action{Exception}, CancellationToken)"/>: the accept loop, and the handlers that it has started.</summary>
/// <remarks>
/// <c>_open</c> holds the connections that are being handled; it is also the lock that guards them. A handler is counted from before its
/// goroutine starts until after its connection is closed. No caller could catch what <c>onError</c> throws, so it goes to the panic
/// handler at once, like any exception that escapes a goroutine, and the server continues.
/// </remarks>
internal sealed class Server(Listener listener, Func<Conn, CancellationToken, ValueTask> handler, Action<Exception> onError, ServeOptions options)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly HashSet<Conn> _open = [];
    private readonly WaitGroup _handlers = new();
    private readonly WeightedSemaphore? _room = options.MaxConnections == int.MaxValue ? null : new WeightedSemaphore(options.MaxConnections);

    internal async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        // If handlers are given time to finish, the caller's token must not cancel them at once.
        GoContext caller = GoContext.From(cancellationToken);
        using CancelContext handling = (options.DrainTimeout == Timeout.InfiniteTimeSpan ? caller : caller.WithoutCancel()).WithCancel();
        using CancelContext accepting = caller.WithCancel();
        Exception? fatal = null;
        listener.Attach(accepting);
        try
        {
            await AcceptAllAsync(accepting.Token, handling.Token);
        }
        catch (ObjectDisposedException)
        {
            // The listener was disposed, which is the way to end the server. Or the runtime accepts no more goroutines.
        }
        catch (OperationCanceledException) when (accepting.Err is not null)
        {
            // The listener was disposed, or the caller cancelled.
        }
        catch (Exception exception)
        {
            fatal = exception;
            Cancel(handling); // the caller must not have to wait for the last handler to end by itself
        }
        finally
        {
            listener.Detach(accepting);
        }

        await DrainAsync(handling);
        if (fatal is not null)
        {
            ExceptionDispatchInfo.Throw(fatal);
        }
    }

    private async ValueTask AcceptAllAsync(CancellationToken accepting, CancellationToken handling)
    {
        TimeSpan pause = TimeSpan.Zero;
        while (true)
        {
            if (_room is not null)
            {
                await _room.AcquireAsync(1, accepting);
            }

            Conn connection;
            try
            {
                connection = await listener.AcceptAsync(accepting);
            }
            catch (IOException exception) when (IsTemporary(exception))
            {
                _room?.Release(1);
                Tell(exception);
                pause = pause == TimeSpan.Zero ? s_firstPause : pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
                await GoRuntime.Current.SleepAsync(pause, accepting);
                continue;
            }

            pause = TimeSpan.Zero;
            Begin(connection, handling);
        }
    }

    private void Begin(Conn connection, CancellationToken handling)
    {
        lock (_open)
        {
            _open.Add(connection);
        }

        _handlers.Add(1);
        try
        {
            GoRuntime.Current.Spawn(() => HandleAsync(connection, handling));
        }
        catch
        {
            connection.Dispose();
            End(connection);
            throw;
        }
    }

    private async ValueTask HandleAsync(Conn connection, CancellationToken handling)
    {
        try
        {
            await using (connection)
            {
                await handler(connection, handling);
            }
        }
        catch (OperationCanceledException) when (handling.IsCancellationRequested)
        {
            // The handler was cancelled.
        }
        catch (Exception exception)
        {
            Tell(exception);
        }
        finally
        {
            End(connection);
        }
    }

    private void End(Conn connection)
    {
        lock (_open)
        {
            _open.Remove(connection);
        }

        _room?.Release(1);
        _handlers.Done();
    }

    private async ValueTask DrainAsync(CancelContext handling)
    {
        if (options.DrainTimeout == Timeout.InfiniteTimeSpan)
        {
            await _handlers.WaitAsync();
            return;
        }

        if (await EndInTimeAsync())
        {
            return;
        }

        Cancel(handling);
        Conn[] left;
        lock (_open)
        {
            left = [.. _open];
        }

        foreach (Conn connection in left)
        {
            connection.Dispose();
        }

        if (!await EndInTimeAsync())
        {
            throw new TimeoutException(
                $"{_handlers.Count} handlers have not ended {2 * options.DrainTimeout} after the server was told to, nor {options.DrainTimeout} after their tokens were cancelled and their connections closed. They go on.");
        }
    }

    private async ValueTask<bool> EndInTimeAsync()
    {
        using CancelContext limit = GoContext.Background.WithTimeout(options.DrainTimeout);
        try
        {
            await _handlers.WaitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Cancels the handlers' token. Reports an exception from its callbacks like a handler's failure.</summary>
    private void Cancel(CancelContext handling)
    {
        try
        {
            handling.Cancel();
        }
        catch (AggregateException exception)
        {
            Tell(exception);
        }
    }

    private void Tell(Exception exception)
    {
        try
        {
            onError(exception);
        }
        catch (Exception thrown)
        {
            AggregateException both = new("The onError of a server threw when it was told of a failure.", thrown, exception);
            try
            {
                GoRuntime.Current.Spawn(static ValueTask (both) => throw both, both);
            }
            catch (ObjectDisposedException)
            {
                GoRuntime.Default.Spawn(static ValueTask (both) => throw both, both); // the runtime accepts no more goroutines
            }
        }
    }

    private static bool IsTemporary(IOException exception) => exception.InnerException is SocketException
    {
        SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ConnectionReset or SocketError.ConnectionAborted,
    };
}
