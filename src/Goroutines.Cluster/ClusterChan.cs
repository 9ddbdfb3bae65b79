using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Queues;

namespace Goroutines.Cluster;

/// <summary>
/// A named, bounded work queue that machines share. It has the operations of a channel, plus acknowledgement. Open one with
/// <see cref="ClusterConnection.OpenAsync"/>.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>It is not a <see cref="Chan{T}"/>: the codec copies a value, and the engine stores it between sender and receiver until a receiver has
/// acknowledged it. From the return of <see cref="SendAsync(T, CancellationToken)"/> to the return of <see cref="Delivery{T}.AckAsync"/>, a value is
/// delivered at least once. It is delivered more than once if a holder crashes, is too slow, or fails.</para>
/// <para>Any number of senders and receivers may use it at the same time.</para>
/// </remarks>
[DebuggerDisplay("ClusterChan {Name}, capacity {Capacity}")]
public sealed partial class ClusterChan<T> : IAsyncDisposable
{
    private readonly ChanCore _core;
    private readonly IClusterCodec<T> _codec;
    private readonly DeliveryFeed<T> _feed;
    private readonly Dictionary<string, string> _plainHeaders; // of a value that is sent without a trace

    internal ClusterChan(ChanCore core, IClusterCodec<T> codec)
    {
        _core = core;
        _codec = codec;
        _plainHeaders = Headers.For(codec.ContentType, null);
        _feed = new DeliveryFeed<T>(this, core);
        DeadLetters = new DeadLetters<T>(core, codec);
    }

    /// <summary>Gets the name.</summary>
    public string Name => _core.Name;

    /// <summary>Gets the number of values that the channel can hold, both unread and unacknowledged ones.</summary>
    public int Capacity => _core.Options.Capacity;

    /// <summary>
    /// Gets the receiving side for this process, for receives, selects and <c>await foreach</c> beside local channels. The engine is asked for a value only while
    /// a receiver waits. If the receiver has left by the time a value arrives, the value is kept for <see cref="ClusterChanOptions.ReturnAfter"/> and then given
    /// back. It is closed and drained when the channel is closed and nothing is stored or held in the whole cluster, or when the connection is disposed.
    /// </summary>
    public Receiver<Delivery<T>> Receiver => _feed.Channel.Receiver;

    /// <summary>Gets the channel's dead letters: the values that were given up.</summary>
    public DeadLetters<T> DeadLetters { get; }

    /// <summary>Sends a value. Waits while the channel is full, and completes when the engine has stored the value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Cancels the wait. The value may or may not have been stored.</param>
    /// <returns>A task that completes when the value is stored.</returns>
    /// <remarks>Consecutive sends of one sender are stored in that order.</remarks>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer within <see cref="ClusterOptions.OperationTimeout"/>: the value may or may not
    /// be stored. Sending it again with the same <see cref="SendOptions.Id"/> does not store it twice.</exception>
    /// <exception cref="ArgumentException">The value is larger than the engine allows, or the id is invalid.</exception>
    /// <exception cref="EngineRefusedException">The engine refused the value: its disk is full, or this program lacks the permission to send.</exception>
    public ValueTask SendAsync(T value, CancellationToken cancellationToken = default) => SendAsync(value, s_defaults, cancellationToken);

    /// <inheritdoc cref="SendAsync(T, CancellationToken)"/>
    /// <param name="value">The value.</param>
    /// <param name="options">The value's id, and when the send returns.</param>
    /// <param name="cancellationToken">Cancels the wait. The value may or may not have been stored.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    public async ValueTask SendAsync(T value, SendOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        string id = IdOf(options);
        using Activity? activity = StartSend(id);
        if (options.Until == SendUntil.Handled)
        {
            await SendUntilHandledAsync(value, id, activity, waits: true, cancellationToken);
        }
        else
        {
            await _core.SendAsync(ToMessage(value, id, activity), waits: true, cancellationToken);
        }
    }

    /// <summary>Sends a value if there is room.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">The value's id, and when the send returns. By default, the id is new, and the send returns when the value is stored.</param>
    /// <param name="cancellationToken">Cancels the wait. The value may or may not have been stored.</param>
    /// <returns>true if the value is stored; false if the channel is full.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer: the value may or may not be stored.</exception>
    /// <exception cref="ArgumentException">The value is larger than the engine allows.</exception>
    public async ValueTask<bool> TrySendAsync(T value, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= s_defaults;
        string id = IdOf(options);
        using Activity? activity = StartSend(id);
        return options.Until == SendUntil.Handled
            ? await SendUntilHandledAsync(value, id, activity, waits: false, cancellationToken)
            : await _core.SendAsync(ToMessage(value, id, activity), waits: false, cancellationToken);
    }

    /// <summary>Gets the number of values in the channel. See <see cref="ClusterChanInfo"/> for how far the counts agree.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="TimeoutException">The engine did not answer.</exception>
    public async ValueTask<ClusterChanInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        QueueState state = await _core.StateAsync(cancellationToken);
        return new ClusterChanInfo(state.Stored, state.Held);
    }

    /// <summary>Closes the channel for all programs: sends fail, and stored values are still delivered. Other programs notice within about a second.
    /// Closing a closed channel does nothing.</summary>
    /// <param name="cancellationToken">Cancels the wait. The channel may or may not have been closed.</param>
    /// <returns>A task that completes when sends by this object fail.</returns>
    /// <exception cref="DeliveryUnknownException">The engine did not answer.</exception>
    public ValueTask CloseAsync(CancellationToken cancellationToken = default) => _core.MarkAsync(closed: true, cancellationToken);

    /// <summary>Reopens a closed channel for all programs. A <see cref="Receiver"/> that has ended stays ended: open the channel again.</summary>
    /// <param name="cancellationToken">Cancels the wait. The channel may or may not have been opened.</param>
    /// <returns>A task that completes when sends by this object succeed.</returns>
    /// <exception cref="DeliveryUnknownException">The engine did not answer.</exception>
    public ValueTask ReopenAsync(CancellationToken cancellationToken = default) => _core.MarkAsync(closed: false, cancellationToken);

    /// <summary>Waits until no value is stored or held: every sent value has been acknowledged or is a dead letter.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A task that completes at such a moment.</returns>
    public ValueTask DrainAsync(CancellationToken cancellationToken = default) => _core.DrainAsync(cancellationToken);

    /// <summary>Releases the channel in this process. Held values are not settled; values that no receiver has taken are given back.</summary>
    /// <returns>A task that completes when no more values are requested from the engine.</returns>
    public async ValueTask DisposeAsync()
    {
        _core.Connection.Forget(this);
        await _feed.DisposeAsync();
        await _core.DisposeAsync();
    }

    private static readonly SendOptions s_defaults = new();

    /// <returns>The next value that can be read; null once the channel is closed and empty.</returns>
    internal async ValueTask<Delivery<T>?> NextAsync(int wanted, CancellationToken cancellationToken)
    {
        while (await _core.NextAsync(wanted, cancellationToken) is { } raw)
        {
            Hold hold = new(_core, raw);
            string reason;
            Exception? cause = null;
            if (raw.Attempt > _core.Options.MaxDeliveries)
            {
                reason = $"delivered {raw.Attempt - 1} times and never settled";
            }
            else
            {
                try
                {
                    return new Delivery<T>(hold, _codec.Decode(raw.Message.Payload));
                }
                catch (Exception exception)
                {
                    reason = "the value can't be read";
                    cause = exception;
                }
            }

            try
            {
                await hold.BuryAsync(reason, cause, CancellationToken.None);
            }
            catch (Exception exception) when (exception is LeaseLostException or DeliveryUnknownException)
            {
                Log.NotSettled(_core.Logger, Name, raw.Message.Id, exception);
            }
        }

        return null;
    }

    /// <summary>Checks an id. It is sent in a header, which is a single line.</summary>
    private static string Checked(string id)
        => id.Length is > 0 and <= 200 && !id.Any(char.IsControl) && id.AsSpan().Trim().Length == id.Length ? id
            : throw new ArgumentException("An id has from 1 to 200 characters, none of them a control character, and no blank at its ends.", nameof(id));

    /// <summary>Returns the topic on which the receiver of a value signals. It follows from the id, so that a repeated send hears it, too.</summary>
    private string HandledTopic(string id)
        => $"handled.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Name}\0{id}")).AsSpan(0, 16))}";

    private static string IdOf(SendOptions options) => options.Id is null ? Guid.CreateVersion7().ToString("N") : Checked(options.Id);

    private Activity? StartSend(string id)
        => !Meters.Source.HasListeners() ? null
            : Meters.Source.StartActivity($"{Name} send", ActivityKind.Producer)?.SetTag("messaging.destination.name", Name).SetTag("messaging.message.id", id);

    private EngineMessage ToMessage(T value, string id, Activity? activity, string? handledTopic = null)
    {
        ArrayBufferWriter<byte> bytes = new();
        _codec.Encode(value, bytes);
        activity ??= Activity.Current;
        Dictionary<string, string> headers = activity is null && handledTopic is null ? _plainHeaders : Headers.For(_codec.ContentType, activity);
        if (handledTopic is not null)
        {
            headers[Headers.Handled] = handledTopic;
        }

        return new EngineMessage(id, bytes.WrittenMemory, headers);
    }

    private async ValueTask<bool> SendUntilHandledAsync(T value, string id, Activity? activity, bool waits, CancellationToken cancellationToken)
    {
        string topic = HandledTopic(id);
        Chan<Unit> handled = new(1);
        await using IAsyncDisposable listener = await _core.Engine.ListenAsync(topic, () => handled.TrySend(default), cancellationToken);
        if (!await _core.SendAsync(ToMessage(value, id, activity, topic), waits, cancellationToken))
        {
            return false;
        }

        try
        {
            await handled.TakeAsync(cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            throw new DeliveryUnknownException($"value {id} is stored in {Name}; whether it has been handled is unknown", exception);
        }

        return true;
    }
}

/// <summary>The number of values in a <see cref="ClusterChan{T}"/>.</summary>
/// <remarks>The numbers are readings, not a snapshot: on NATS, <paramref name="Held"/> is read before <paramref name="Stored"/>, and values may
/// be sent, taken and acknowledged between the two. <paramref name="Held"/> is reduced to <paramref name="Stored"/> if it is greater.</remarks>
/// <param name="Stored">The number of stored values, including held ones.</param>
/// <param name="Held">The number of values that receivers hold.</param>
public readonly record struct ClusterChanInfo(long Stored, long Held);
