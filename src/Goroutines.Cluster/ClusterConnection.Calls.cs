using System.Diagnostics;
using System.Globalization;
using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Calls and serves functions by name.</summary>
public sealed partial class ClusterConnection
{
    /// <summary>Calls a function that a process of the cluster serves. It runs at most once: a call is not repeated after a server has begun it.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="request">The request.</param>
    /// <param name="timeout">How long to wait for the response. The server gets it too, and cancels the handler's token. The default is
    /// <see cref="ClusterOptions.OperationTimeout"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The handler may or may not have run, and is not notified.</param>
    /// <returns>The response.</returns>
    /// <remarks>A busy server refuses at once, and the call is tried again after a growing pause. For work that takes long, use
    /// <see cref="SpawnAsync"/>, whose workers take it when they are free.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is <see langword="null"/>.</exception>
    /// <exception cref="NoServerException">No process serves the function. This is thrown at once; nothing was done.</exception>
    /// <exception cref="RemoteException">The handler threw an exception.</exception>
    /// <exception cref="DeliveryUnknownException">No response came in time: the handler may or may not have run.</exception>
    /// <exception cref="TimeoutException">All servers were busy until the time-out; nothing was done.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public async ValueTask<TResponse> CallAsync<TRequest, TResponse>(
        FuncName<TRequest, TResponse> function, TRequest request, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfDisposed();
        TimeSpan limit = timeout ?? Engine.Options.OperationTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        using Activity? activity = Meters.Source.HasListeners() ? Meters.Source.StartActivity($"{function.Name} call", ActivityKind.Client) : null;
        ReadOnlyMemory<byte> payload = Encode(function.Request, request);
        string id = Guid.NewGuid().ToString("N");
        long begun = Engine.Clock.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            TimeSpan left = limit - Engine.Clock.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                throw new TimeoutException($"{function.Name} was not called: all servers were busy for {limit}");
            }

            Dictionary<string, string> headers = Headers.For(function.Request.ContentType, activity ?? Activity.Current);
            headers[Headers.CallId] = id;
            headers[Headers.Remaining] = ((long)left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            CallReply reply;
            try
            {
                reply = await Engine.CallAsync(function.Token, new CallRequest(payload, headers), left, cancellationToken);
            }
            catch (EngineTimeoutException exception)
            {
                throw new DeliveryUnknownException($"no response of {function.Name} within {limit}: it may or may not have run", exception);
            }

            switch (reply.Status)
            {
                case CallStatus.Done:
                    return function.Response.Decode(reply.Payload);
                case CallStatus.Failed:
                    throw new RemoteException(function.Name, reply.ErrorType, reply.ErrorMessage);
                case CallStatus.NoServer:
                    throw new NoServerException(function.Name);
                default:
                    await Engine.Runtime.SleepAsync(Engine.Pause(attempt + 1), cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Serves a function until the result is disposed. Other processes may also serve it; each call goes to one of them.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="handler">Answers a request. The caller gets its exception as a <see cref="RemoteException"/>. Its token is cancelled when the
    /// caller no longer waits, and <see cref="ServeOptions.DrainTimeout"/> after disposal.</param>
    /// <param name="options">The number of calls that run at the same time. Further calls are refused, and tried elsewhere. The default is one.</param>
    /// <param name="cancellationToken">Cancels the wait for the subscription.</param>
    /// <returns>An object whose disposal stops serving the function.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="TimeoutException">The engine did not answer; the function is not served.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public async ValueTask<Served> ServeAsync<TRequest, TResponse>(
        FuncName<TRequest, TResponse> function, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler, ServeOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfDisposed();
        ServeOptions settings = (options ?? new ServeOptions()).Validated();
        WaitGroup running = new();
        CancellationTokenSource stop = new();
        CallPlaces places = new(Engine.Clock, settings.Concurrency);
        IAsyncDisposable subscription;
        try
        {
            subscription = await Engine.RepeatAsync(
                static (state, cancel) => state.Engine.ServeCallsAsync(state.Token, state.ServeOneAsync, cancel),
                (Engine, function.Token, ServeOneAsync: (Func<CallRequest, ValueTask<CallReply>>)ServeOneAsync), Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new TimeoutException($"{Engine.Description} did not answer: {function.Name} is not served", exception);
        }

        return await TrackAsync(new Served(subscription, running, stop, settings.DrainTimeout, Engine.Runtime, Forget));

        async ValueTask<CallReply> ServeOneAsync(CallRequest request)
        {
            if (places.Enter(request.Headers.GetValueOrDefault(Headers.CallId)) is var outcome and not CallStatus.Done)
            {
                return new CallReply(outcome, default);
            }

            running.Add(1);
            try
            {
                return await AnswerAsync(function, request, handler, stop.Token);
            }
            finally
            {
                places.Leave();
                running.Done();
            }
        }
    }

    /// <summary>Stores a request for a function. A worker that serves <see cref="OpenSpawnedAsync"/> handles it at least once. There is no response.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the wait. The request may or may not have been stored.</param>
    /// <returns>A task that completes when the request is stored.</returns>
    /// <exception cref="DeliveryUnknownException">The engine did not answer: the request may or may not be stored.</exception>
    /// <inheritdoc cref="OpenSpawnedAsync" path="/exception"/>
    public async ValueTask SpawnAsync<TRequest, TResponse>(
        FuncName<TRequest, TResponse> function, TRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ThrowIfDisposed();
        ClusterChan<TRequest>? channel;
        lock (_gate)
        {
            channel = _spawned.GetValueOrDefault((function.Token, typeof(TRequest))) as ClusterChan<TRequest>;
        }

        if (channel is null)
        {
            ClusterChan<TRequest> opened = await OpenSpawnedAsync(function, null, cancellationToken);
            lock (_gate)
            {
                channel = _spawned.GetValueOrDefault((function.Token, typeof(TRequest))) as ClusterChan<TRequest>;
                if (channel is null)
                {
                    _spawned[(function.Token, typeof(TRequest))] = channel = opened;
                }
            }

            if (!ReferenceEquals(channel, opened))
            {
                await opened.DisposeAsync(); // another caller has opened it at the same time
            }
        }

        await channel.SendAsync(request, cancellationToken);
    }

    /// <summary>Opens the channel into which <see cref="SpawnAsync"/> stores requests. Serve it with <see cref="ClusterChan{T}.ServeAsync"/>.</summary>
    /// <typeparam name="TRequest">The type of the request.</typeparam>
    /// <typeparam name="TResponse">The type of the response.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="options">The channel's settings. A program that does not use the default settings sends to this channel instead of spawning.</param>
    /// <param name="cancellationToken">Cancels the wait. The channel may have been created.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is <see langword="null"/>.</exception>
    /// <exception cref="ClusterConfigurationException">The channel exists with other settings. Nothing was changed.</exception>
    /// <exception cref="TimeoutException">The engine did not answer.</exception>
    /// <exception cref="ObjectDisposedException">The connection has been disposed.</exception>
    public ValueTask<ClusterChan<TRequest>> OpenSpawnedAsync<TRequest, TResponse>(
        FuncName<TRequest, TResponse> function, ClusterChanOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return OpenChannelAsync(function.Name, $"~spawned-{function.Token}", function.Request, options, cancellationToken);
    }

    private async ValueTask<CallReply> AnswerAsync<TRequest, TResponse>(
        FuncName<TRequest, TResponse> function, CallRequest request, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler, CancellationToken stop)
    {
        using Activity? activity = Meters.Source.HasListeners()
            ? Meters.Source.StartActivity($"{function.Name} serve", ActivityKind.Server, Headers.Parent(request.Headers)) : null;
        TimeSpan left = long.TryParse(request.Headers.GetValueOrDefault(Headers.Remaining), CultureInfo.InvariantCulture, out long milliseconds)
            ? TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, int.MaxValue)) : Engine.Options.OperationTimeout;
        using CancellationTokenSource ends = new(left, Engine.Clock);
        using CancellationTokenRegistration stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), ends);
        try
        {
            TResponse response = await handler(function.Request.Decode(request.Payload), ends.Token);
            return new CallReply(CallStatus.Done, Encode(function.Response, response));
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            Log.HandlerFailed(Logger, function.Name, exception);
            return new CallReply(CallStatus.Failed, default, exception.GetType().FullName ?? exception.GetType().Name, exception.Message);
        }
    }
}
