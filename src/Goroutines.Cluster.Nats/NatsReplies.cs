using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using NATS.Client.Core;

namespace Goroutines.Cluster.Nats;

/// <summary>Sends requests, and gives each its answer. A connection has one subscription for all answers.</summary>
/// <remarks>
/// <para>
/// The client's own requests have a subscription, a queue and a task each, and their answers pass through the thread pool. These have an entry in a
/// table, and their answers are read in the flow that reads the connection.
/// </para>
/// <para>
/// A request is in the table until it is answered or cancelled, or the subscription ends. The thread that takes it out completes it, so it is
/// completed once. An id is never used again: an answer that comes late or twice finds nothing. The subscription sets <c>_ended</c> before it empties
/// the table, and a request looks at <c>_ended</c> after it has entered the table, with a full fence (the table's) in between on both sides. So one of
/// the two sees the other.
/// </para>
/// </remarks>
internal sealed class NatsReplies
{
    private readonly ConcurrentDictionary<long, NatsReply> _waiting = new();
    private readonly NatsConnection _connection;
    private readonly string _prefix;
    private long _lastId;
    private volatile bool _ended;

    internal NatsReplies(NatsConnection connection)
    {
        _connection = connection;
        _prefix = $"{connection.Opts.InboxPrefix}.{Guid.NewGuid():N}"; // not the client's own inbox, which has a single subscription
    }

    /// <summary>Creates the subscription, which the caller makes known to the server.</summary>
    internal NatsListener NewInbox() => new(_connection, $"{_prefix}.*", null, OnAnswer);

    /// <summary>Ends all requests, and those that come later. Called when the connection has been disposed of.</summary>
    internal void End()
    {
        _ended = true;
        Interlocked.MemoryBarrier();
        foreach (long id in _waiting.Keys)
        {
            if (TryTake(id, out NatsReply? reply))
            {
                reply.Fail(Disposed());
            }
        }
    }

    internal bool TryTake(long id, [NotNullWhen(true)] out NatsReply? reply) => _waiting.TryRemove(id, out reply);

    /// <summary>Sends a request, and returns its answer.</summary>
    /// <exception cref="NatsNoRespondersException">Nothing listens on the subject.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<T> RequestAsync<T>(
        string subject, ReadOnlyMemory<byte> payload, NatsHeaders? headers, NatsRead<T> read, CancellationToken cancellationToken)
    {
        NatsReply<T> reply = new(this, Interlocked.Increment(ref _lastId), read);
        _waiting[reply.Id] = reply;
        CancellationTokenRegistration cancelled = default;
        try
        {
            Interlocked.MemoryBarrier();
            if (_ended)
            {
                throw Disposed();
            }

            cancelled = cancellationToken.UnsafeRegister(static (reply, token) => ((NatsReply)reply!).Cancel(token), reply);
            await _connection.PublishAsync(
                subject, payload, headers, string.Create(CultureInfo.InvariantCulture, $"{_prefix}.{reply.Id}"), NatsRawSerializer<ReadOnlyMemory<byte>>.Default,
                cancellationToken: cancellationToken).ConfigureAwait(false);
            return await reply.Result.ConfigureAwait(false);
        }
        finally
        {
            cancelled.Dispose();
            _waiting.TryRemove(reply.Id, out _);
        }
    }

    private void OnAnswer(NatsArrival answer)
    {
        if (!long.TryParse(answer.Subject.AsSpan(answer.Subject.LastIndexOf('.') + 1), CultureInfo.InvariantCulture, out long id) || !TryTake(id, out NatsReply? reply))
        {
            return;
        }

        if (answer.Payload.IsEmpty && HeaderBlock.Status(answer.Headers, out _) == 503)
        {
            reply.Fail(new NatsNoRespondersException());
        }
        else
        {
            reply.Complete(answer);
        }
    }

    private static ObjectDisposedException Disposed() => new(nameof(ClusterConnection));
}
