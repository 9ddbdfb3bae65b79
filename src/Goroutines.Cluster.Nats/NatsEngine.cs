using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Goroutines.Cluster.Nats;

/// <summary>The engine on NATS with JetStream. It has one connection per process, a stream for each queue, a stream for all keys and a
/// stream for all dead letters.</summary>
/// <remarks>
/// <para>
/// It uses only the sound part of JetStream: streams on disk with one limit each, one durable pull consumer per queue, confirmed
/// explicit acknowledgements, message ids and expected sequences. It does not use the server's own limit on deliveries, back-off lists, key
/// expiry or push consumers.
/// </para>
/// <para>
/// Every request ends after <see cref="ClusterOptions.RequestTimeout"/> with an <see cref="EngineTimeoutException"/>, even while the
/// connection is down (the client would wait forever). The layer above repeats the request.
/// </para>
/// </remarks>
internal sealed partial class NatsEngine : ClusterEngine
{
    internal static readonly Version MinVersion = new(2, 10, 23);

    private const string Operation = "Goroutines-Operation";
    private const int WrongSequence = 10071;
    private const int WrongSequenceMeanwhile = 10164;

    private readonly NatsConnection _nats;
    private readonly Limits _limits = new();
    private readonly Lock _gate = new();
    private readonly HashSet<NatsQueue> _queues = [];
    private readonly ConcurrentDictionary<NatsListener, bool> _listeners = []; // the client keeps only weak references to them
    private readonly string _namespace;
    private volatile bool _disposed;

    private NatsEngine(NatsConnection nats, NatsClusterOptions options)
        : base(GoRuntime.Current, options, (ulong)Guid.NewGuid().GetHashCode())
    {
        _nats = nats;
        _namespace = options.Namespace;
        Settings = options;
        JetStream = new NatsJSContext(nats);
        Replies = new NatsReplies(nats);
        nats.ConnectionOpened += OnOpenedAsync;
    }

    internal NatsClusterOptions Settings { get; }

    internal NatsConnection Connection => _nats;

    internal NatsJSContext JetStream { get; }

    internal NatsReplies Replies { get; }

    internal override bool IsRemote => true;

    /// <summary>The server's limit, less room for headers.</summary>
    internal override int MaxPayload => (_nats.ServerInfo?.MaxPayload ?? 1_048_576) - 8_192;

    internal override string Description => $"NATS at {_nats.Opts.Url}";

    private string KeyStream => $"{_namespace}-keys";

    private string DeadStream => $"{_namespace}-dead";

    internal static async ValueTask<NatsEngine> ConnectAsync(string url, NatsClusterOptions options, CancellationToken cancellationToken)
    {
        NatsOpts opts = options.Nats with
        {
            Url = url,
            Name = options.Name,
            HeaderEncoding = Encoding.UTF8,
            RequestTimeout = options.RequestTimeout,
            CommandTimeout = options.RequestTimeout,
            MaxReconnectRetry = -1,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
            ReconnectWaitMax = TimeSpan.FromSeconds(1),
            // A connection on which nothing arrives, although nobody has closed it, is given up after three intervals: in half the time for
            // which operations are repeated, so that they have the other half for a new connection.
            PingInterval = TimeSpan.FromSeconds(Math.Min(options.OperationTimeout.TotalSeconds / 6, 20)),
            MaxPingOut = 2,
            LoggerFactory = options.LoggerFactory ?? options.Nats.LoggerFactory,
        };
        NatsConnection nats = new(opts);
        NatsEngine? engine = null;
        try
        {
            await OpenAsync(nats, url, options, cancellationToken);
            engine = new NatsEngine(nats, options);
            engine.CheckServer();
            try
            {
                await engine.RepeatAsync(static (self, cancel) => self.ListenForRepliesAsync(cancel), engine, options.OperationTimeout, cancellationToken);
                await engine.RepeatAsync(static (self, cancel) => self.ProvisionAsync(cancel), engine, options.OperationTimeout, cancellationToken);
            }
            catch (EngineTimeoutException exception)
            {
                throw exception.Message.Contains("not enabled", StringComparison.Ordinal)
                    ? new ClusterConfigurationException(
                        $"the NATS server at {url} has no JetStream for this account: start it with JetStream (-js, or jetstream {{}} in its file), and enable it for the account",
                        exception)
                    : new TimeoutException($"JetStream at {url} was not ready within {options.OperationTimeout}: {exception.Message}", exception);
            }

            return engine;
        }
        catch
        {
            await nats.DisposeAsync();
            throw;
        }
    }

    internal override async ValueTask<EngineQueue> OpenQueueAsync(QueueSettings settings, CancellationToken cancellationToken)
    {
        NatsQueue queue = new(
            this, settings, $"{_namespace}-q-{settings.Name}", $"{_namespace}.q.{settings.Name}",
            $"{_namespace}.r.{Guid.NewGuid():N}", // not the client's own inbox, which has a single subscription
            DeadStream, $"{_namespace}.dead.{settings.Name}");
        await AskAsync(static (_, queue, cancel) => queue.ProvisionAsync(cancel), queue, $"open {settings.Name}", cancellationToken);
        lock (_gate)
        {
            _queues.Add(queue);
        }

        return queue;
    }

    internal override ValueTask<KeyEntry?> ReadKeyAsync(string key, CancellationToken cancellationToken)
        => AskAsync(ReadKeyOnceAsync, $"{_namespace}.k.{key}", "read a key", cancellationToken);

    /// <remarks>The message carries the id of the operation. If the key has another revision than expected, that may be due to an earlier attempt
    /// whose answer was lost. (The server's own recognition of ids does not help with replicas: it checks the revision first, and takes an id
    /// for known whose message was never stored.)</remarks>
    internal override ValueTask<long> WriteKeyAsync(string key, string value, long expected, string operation, CancellationToken cancellationToken)
        => AskAsync(WriteKeyOnceAsync, ($"{_namespace}.k.{key}", value, expected, operation), "write a key", cancellationToken);

    internal override async ValueTask SignalAsync(string topic)
    {
        try
        {
            await AskAsync(
                static async (engine, subject, cancel) =>
                {
                    await engine._nats.PublishAsync(subject, cancellationToken: cancel).ConfigureAwait(false);
                    return default(Unit);
                },
                $"{_namespace}.s.{topic}", "signal", CancellationToken.None);
        }
        catch (Exception exception) when (exception is EngineTimeoutException or ObjectDisposedException)
        {
            // A signal is only a hint.
        }
    }

    internal override async ValueTask<IAsyncDisposable> ListenOnceAsync(string topic, Action heard, CancellationToken cancellationToken)
        => await AskAsync(
            static (engine, state, cancel) => engine.SubscribeAsync(new NatsListener(engine._nats, state.Subject, null, _ => state.heard()), cancel),
            (Subject: $"{_namespace}.s.{topic}", heard), "listen", cancellationToken);

    internal override async ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        long begun = Clock.GetTimestamp();
        await AskAsync(
            static async (engine, _, cancel) => await engine.JetStream.GetStreamAsync(engine.KeyStream, cancellationToken: cancel), 0, "answer", cancellationToken);
        return Clock.GetElapsedTime(begun);
    }

    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        _nats.ConnectionOpened -= OnOpenedAsync;
        await _nats.DisposeAsync();
        Replies.End();
    }

    /// <summary>Subscribes. While the connection is down, the client waits for it without regard to a token. So if the token is cancelled, the
    /// subscription that arrives later is disposed of. Otherwise, the server would deliver to it what nobody reads.</summary>
    internal async ValueTask<NatsListener> SubscribeAsync(NatsListener listener, CancellationToken cancellationToken)
    {
        _listeners[listener] = true;
        listener.Ended = Forget;
        Task subscribes = _nats.AddSubAsync(listener, CancellationToken.None).AsTask();
        try
        {
            await subscribes.WaitAsync(cancellationToken);
            return listener;
        }
        catch (OperationCanceledException)
        {
            Runtime.Spawn(
                async () =>
                {
                    try
                    {
                        await subscribes;
                        await listener.DisposeAsync();
                    }
                    catch (Exception)
                    {
                        // There is no subscription: the connection was disposed.
                    }
                });
            throw;
        }
        catch
        {
            Forget(listener);
            throw;
        }
    }

    /// <summary>Carries out a request within a time limit. Throws an <see cref="EngineTimeoutException"/> if the outcome is
    /// unknown.</summary>
    /// <remarks>This method and the requests of single values run on in the thread that brings the answer, so that the goroutine that waits for them is
    /// queued once. A pooled state machine that captured the goroutine as its context would queue it once more for each method.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T> AskAsync<T, TState>(
        Func<NatsEngine, TState, CancellationToken, ValueTask<T>> request, TState state, string what, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(ClusterConnection));
        cancellationToken.ThrowIfCancellationRequested();
        CancellationTokenSource limit = _limits.Rent(timeout ?? Options.RequestTimeout);
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        try
        {
            return await request(this, state, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, typeof(ClusterConnection));
            throw new EngineTimeoutException($"{Description} did not {what} within {timeout ?? Options.RequestTimeout}", exception);
        }
        catch (NatsJSApiException exception)
        {
            throw Failure(what, exception.Error, exception);
        }
        catch (Exception exception) when (exception is NatsException or IOException and not EngineRefusedException or System.Net.Sockets.SocketException or TimeoutException and not EngineTimeoutException)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(ClusterConnection));
            throw new EngineTimeoutException($"{Description} did not {what}: {exception.Message}", exception);
        }
        finally
        {
            registration.Dispose(); // waits for a running callback, so that it does not cancel the source's next user
            _limits.Return(limit);
        }
    }

    /// <returns>The message; null if there is none.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<StoredMessage?> GetMessageAsync(string stream, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        (StoredMessage? message, ApiError? error) = await Replies.RequestAsync(
            $"{JetStream.Opts.Prefix}.STREAM.MSG.GET.{stream}", request, null, StoredMessage.Read, cancellationToken).ConfigureAwait(false);
        return error is null ? message ?? throw new EngineTimeoutException("the answer has no message")
            : error.ErrCode == 10037 ? null
            : throw new NatsJSApiException(error);
    }

    /// <summary>Returns headers in the form of the client.</summary>
    internal static NatsHeaders ToHeaders(IReadOnlyDictionary<string, string> headers)
    {
        NatsHeaders all = [];
        if (headers is Dictionary<string, string> plain) // which is enumerated without an object for that
        {
            foreach ((string name, string value) in plain)
            {
                all[name] = value;
            }
        }
        else
        {
            foreach ((string name, string value) in headers)
            {
                all[name] = value;
            }
        }

        return all;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<KeyEntry?> ReadKeyOnceAsync(NatsEngine engine, string subject, CancellationToken cancellationToken)
    {
        StoredMessage? message = await engine.GetMessageAsync(engine.KeyStream, StoredMessage.Request(0, null, subject), cancellationToken).ConfigureAwait(false);
        return message is null ? null : new KeyEntry(Encoding.UTF8.GetString(message.Payload.Span), message.Sequence);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<long> WriteKeyOnceAsync(
        NatsEngine engine, (string Subject, string Value, long Expected, string Operation) write, CancellationToken cancellationToken)
    {
        NatsHeaders headers = new()
        {
            ["Nats-Expected-Last-Subject-Sequence"] = write.Expected.ToString(CultureInfo.InvariantCulture),
            [Operation] = write.Operation,
        };
        PublishAnswer answer = await engine.Replies.RequestAsync(
            write.Subject, Encoding.UTF8.GetBytes(write.Value), headers, PublishAnswer.Read, cancellationToken).ConfigureAwait(false);
        if (answer.Error is null)
        {
            return answer.Sequence != 0 ? answer.Sequence : throw new EngineTimeoutException("the answer has no sequence number");
        }

        if (answer.Error.ErrCode is not (WrongSequence or WrongSequenceMeanwhile))
        {
            throw Failure("write a key", answer.Error);
        }

        StoredMessage? last = await engine.GetMessageAsync(engine.KeyStream, StoredMessage.Request(0, null, write.Subject), cancellationToken).ConfigureAwait(false);
        return last?.Headers.GetValueOrDefault(Operation) == write.Operation ? last.Sequence
            : (last?.Sequence ?? 0) != write.Expected ? 0
            : throw new EngineTimeoutException("another write of the key is in progress");
    }

    private async ValueTask<Unit> ListenForRepliesAsync(CancellationToken cancellationToken)
    {
        await AskAsync(static (engine, _, cancel) => engine.SubscribeAsync(engine.Replies.NewInbox(), cancel), 0, "listen", cancellationToken);
        return default;
    }

    /// <summary>Returns the exception for an error of the server. What passes, such as the election of a leader, leaves the outcome unknown, so that
    /// the operation is repeated. Everything else is a refusal.</summary>
    internal static Exception Failure(string what, ApiError error, Exception? inner = null)
    {
        string text = $"the server would not {what}: {error.Description} (error {error.ErrCode})";
        bool passes = error.ErrCode switch
        {
            0 => error.Code == 503, // a follower was asked
            10004 or 10007 or 10008 or 10009 => true, // no leader at the moment
            10005 => true, // too few servers at the moment
            10039 or 10076 => true, // JetStream is not, or not yet, enabled
            10118 or 10119 => true, // offline
            10158 or WrongSequenceMeanwhile => true, // an earlier attempt is in progress
            _ => false,
        };
        return passes ? new EngineTimeoutException(text, inner)
            : error.ErrCode == 10074 ? new ClusterConfigurationException($"{text}: Replicas must be 1, unless the server is part of a cluster", inner)
            : new EngineRefusedException(text, inner);
    }

    private void Forget(NatsListener listener) => _listeners.TryRemove(listener, out _);

    internal void Forget(NatsQueue queue)
    {
        lock (_gate)
        {
            _queues.Remove(queue);
        }
    }

    /// <summary>Connects, and tries again while no server answers.</summary>
    private static async ValueTask OpenAsync(NatsConnection nats, string url, NatsClusterOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.OperationTimeout);
        NatsException? last = null;
        for (TimeSpan pause = TimeSpan.FromMilliseconds(50); ; pause = pause >= TimeSpan.FromSeconds(1) ? pause : pause * 2)
        {
            try
            {
                Task connects = nats.ConnectAsync().AsTask();
                _ = connects.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                await connects.WaitAsync(limit.Token);
                return;
            }
            catch (NatsException exception)
            {
                if (Misconfiguration(url, exception) is { } wrong)
                {
                    throw wrong;
                }

                last = exception;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw NoAnswer();
            }

            try
            {
                await GoRuntime.Current.SleepAsync(pause, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw NoAnswer();
            }
        }

        TimeoutException NoAnswer()
            => new($"no NATS server at {url} answered within {options.OperationTimeout}{(last is null ? "" : $": {last.InnerException?.Message ?? last.Message}")}", last);
    }

    /// <returns>The exception that says what to change; null if it may help to try again.</returns>
    private static ClusterConfigurationException? Misconfiguration(string url, NatsException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is NatsServerException { IsAuthError: true })
            {
                return new ClusterConfigurationException($"the NATS server at {url} refuses the credentials ({cause.Message}): see NatsClusterOptions.Nats.AuthOpts", exception);
            }

            if (cause.Message.StartsWith("Error loading", StringComparison.Ordinal) || cause.Message.StartsWith("Failed to load", StringComparison.Ordinal)
                || cause.Message.StartsWith("Can't find", StringComparison.Ordinal))
            {
                return new ClusterConfigurationException($"no credentials for the NATS server at {url} ({cause.Message}): see NatsClusterOptions.Nats.AuthOpts", exception);
            }

            if (cause.Message.Contains("TLS", StringComparison.OrdinalIgnoreCase) || cause is System.Security.Authentication.AuthenticationException)
            {
                return new ClusterConfigurationException($"no TLS connection with the NATS server at {url} ({cause.Message}): see NatsClusterOptions.Nats.TlsOpts", exception);
            }
        }

        return null;
    }

    private void CheckServer()
    {
        INatsServerInfo info = _nats.ServerInfo ?? throw new TimeoutException($"{Description} did not say what it is");
        string version = info.Version.Split('-', '+')[0];
        if (!Version.TryParse(version, out Version? parsed) || parsed < MinVersion)
        {
            throw new ClusterConfigurationException(
                $"{Description} is nats-server {info.Version}; this library needs {MinVersion} or newer, since older ones can lose a stream when they crash. Update the server.");
        }

        if (!info.JetStreamAvailable)
        {
            throw new ClusterConfigurationException($"{Description} has no JetStream: start it with JetStream (-js, or jetstream {{}} in its file)");
        }
    }

    private async ValueTask<Unit> ProvisionAsync(CancellationToken cancellationToken)
    {
        await EnsureStreamAsync(
            new StreamConfig(KeyStream, [$"{_namespace}.k.>"])
            {
                Description = "Goroutines for .NET: leases and close marks. Never delete it while programs run: fencing tokens would begin anew.",
                Storage = StreamConfigStorage.File,
                MaxMsgsPerSubject = 1,
                DuplicateWindow = TimeSpan.FromMinutes(2),
                NumReplicas = Settings.Replicas,
            },
            cancellationToken);
        await EnsureStreamAsync(
            new StreamConfig(DeadStream, [$"{_namespace}.dead.*"])
            {
                Description = "Goroutines for .NET: dead letters.",
                Storage = StreamConfigStorage.File,
                MaxAge = TimeSpan.FromDays(30),
                DuplicateWindow = TimeSpan.FromMinutes(2),
                NumReplicas = Settings.Replicas,
            },
            cancellationToken);
        return default;
    }

    private ValueTask<Unit> EnsureStreamAsync(StreamConfig config, CancellationToken cancellationToken)
        => AskAsync(
            static async (engine, config, cancel) =>
            {
                INatsJSStream? stream = await engine.FindStreamAsync(config.Name!, cancel);
                if (stream is null && !engine.Settings.Provision)
                {
                    throw new ClusterConfigurationException($"the stream {config.Name} does not exist, and Provision is false");
                }

                stream ??= await engine.JetStream.CreateStreamAsync(config, cancel);
                StreamConfig found = stream.Info.Config;
                if (found.MaxMsgsPerSubject > 0 != config.MaxMsgsPerSubject > 0 || found.Storage != config.Storage || found.NumReplicas != config.NumReplicas
                    || found.Retention != config.Retention || found.DuplicateWindow != config.DuplicateWindow)
                {
                    throw new ClusterConfigurationException(
                        $"the stream {config.Name} exists with other settings than this program would make it with (storage, retention, messages a subject, duplicate "
                        + $"window, replicas: {found.NumReplicas} there, {config.NumReplicas} here). Nothing was changed. Use another namespace, or name the same settings.");
                }

                return default(Unit);
            },
            config, $"provision {config.Name}", cancellationToken);

    internal async ValueTask<INatsJSStream?> FindStreamAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await JetStream.GetStreamAsync(name, cancellationToken: cancellationToken);
        }
        catch (NatsJSApiException exception) when (exception.Error.Code == 404)
        {
            return null;
        }
    }

    /// <summary>Called when the connection is back. The server has forgotten the outstanding pulls.</summary>
    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs args)
    {
        NatsQueue[] queues;
        lock (_gate)
        {
            queues = [.. _queues];
        }

        foreach (NatsQueue queue in queues)
        {
            queue.OnReconnected();
        }

        return default;
    }
}
