using System.Diagnostics;
using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>Worker pools.</summary>
public sealed partial class ClusterChan<T>
{
    /// <summary>Runs a worker pool: hands each value to <paramref name="handler"/>, which settles it by how it ends.</summary>
    /// <param name="handler">Handles a value. If it returns, the value is acknowledged. If it throws, the value is tried again with back-off, and becomes a
    /// dead letter at <see cref="ClusterChanOptions.MaxAttempts"/>. If it throws <see cref="OperationCanceledException"/> when its token is cancelled, the
    /// value is given back at once. A handler may also settle the delivery itself. Its token is cancelled when the value is lost, and
    /// <see cref="ServeOptions.DrainTimeout"/> after the pool was stopped.</param>
    /// <param name="options">The size of the pool, and how it stops. The default is one handler at a time.</param>
    /// <param name="cancellationToken">Stops the pool: it takes no more values, and its handlers have <see cref="ServeOptions.DrainTimeout"/> to finish.</param>
    /// <returns>A task that completes when the pool was stopped, or the channel is closed and empty, and no handler runs any longer. Stopping the pool does
    /// not make the task fail.</returns>
    /// <remarks>The pool asks the engine for as many values as it has free places. It survives restarts of the engine.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public async ValueTask ServeAsync(
        Func<Delivery<T>, CancellationToken, ValueTask> handler, ServeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ServeOptions settings = (options ?? new ServeOptions()).Validated();
        WaitGroup running = new();
        Chan<Unit> places = new(settings.Concurrency);
        Chan<Unit> unsettled = new(2 * settings.Concurrency); // an engine that is slow to confirm must not let values pile up here
        CancellationTokenSource drained = new(); // not disposed: it has no timer, and may be cancelled late
        try
        {
            while (true)
            {
                await unsettled.SendAsync(default, cancellationToken);
                await places.SendAsync(default, cancellationToken);
                Delivery<T>? delivery = await NextAsync(settings.Concurrency - places.Count + 1, cancellationToken);
                if (delivery is null)
                {
                    break;
                }

                running.Add(1);
                _core.Engine.Runtime.Spawn(
                    async () =>
                    {
                        try
                        {
                            await HandleAsync(delivery, handler, places.Receiver, drained.Token);
                        }
                        finally
                        {
                            unsettled.Receiver.TryReceive(out _);
                            running.Done();
                        }
                    });
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (ObjectDisposedException)
        {
            // The connection was disposed.
        }

        if (cancellationToken.IsCancellationRequested)
        {
            if (settings.DrainTimeout == TimeSpan.Zero)
            {
                await drained.CancelAsync();
            }
            else
            {
                using GoTimer limit = GoTimer.AfterFunc(settings.DrainTimeout, async () => await drained.CancelAsync(), _core.Engine.Runtime);
                await running.WaitAsync(CancellationToken.None);
            }
        }

        await running.WaitAsync(CancellationToken.None);
    }

    /// <summary>Runs the handler for a value, and settles the value. The place is free when the handler has ended, so that the next value is asked for while
    /// the acknowledgement is on its way.</summary>
    private async ValueTask HandleAsync(
        Delivery<T> delivery, Func<Delivery<T>, CancellationToken, ValueTask> handler, Receiver<Unit> places, CancellationToken stop)
    {
        Activity? activity = null;
        try
        {
            CancellationTokenSource ends = new(); // not disposed: it has no timer, and the hold may cancel it late
            try
            {
                activity = Meters.Source.HasListeners() ? Meters.Source.StartActivity($"{Name} handle", ActivityKind.Consumer, delivery.Parent) : null;
                activity?.SetTag("messaging.destination.name", Name).SetTag("messaging.message.id", delivery.Id).SetTag("goroutines.attempt", delivery.Attempt);
                delivery.Hold.Bind(ends);
                using CancellationTokenRegistration stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), ends);
                long begun = _core.Engine.Clock.GetTimestamp();
                try
                {
                    await handler(delivery, ends.Token);
                }
                finally
                {
                    Meters.Handling.Record(_core.Engine.Clock.GetElapsedTime(begun).TotalSeconds, _core.Tag);
                }
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested)
            {
                await delivery.DisposeAsync();
                return;
            }
            catch (Exception exception)
            {
                activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
                if (delivery.Hold.IsHeld)
                {
                    await delivery.Hold.FailAsync(null, "the handler failed", exception, CancellationToken.None);
                }

                return;
            }
            finally
            {
                places.TryReceive(out _); // the caller has put it there
            }

            if (delivery.Hold.IsHeld)
            {
                await delivery.AckAsync(CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is LeaseLostException or DeliveryUnknownException or ObjectDisposedException)
        {
            // The value is delivered again when its hold has expired, here or elsewhere.
            Log.NotSettled(_core.Logger, Name, delivery.Id, exception);
        }
        finally
        {
            activity?.Dispose();
        }
    }
}
