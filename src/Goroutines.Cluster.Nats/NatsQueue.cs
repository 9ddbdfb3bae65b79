using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using Goroutines.Cluster.Engine;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Goroutines.Cluster.Nats;

/// <summary>A queue: a stream with WorkQueue retention and one durable pull consumer that all receivers share.</summary>
/// <remarks><c>NatsQueue.Pull.cs</c> describes how messages are requested.</remarks>
internal sealed partial class NatsQueue : EngineQueue
{
    private const string Consumer = "workers";
    private const int MessagesExceeded = 10077;

    private const string MessageId = "Nats-Msg-Id";

    /// <summary>The header with the id of a message that has another one for the server.</summary>
    private const string LogicalId = "Goroutines-Id";

    private readonly NatsEngine _engine;
    private readonly QueueSettings _settings;
    private readonly string _stream;
    private readonly string _subject;
    private readonly string _deadStream;
    private readonly string _deadSubject;
    private readonly string _storeWords;
    private readonly ValueHeaders _headers = new();

    internal NatsQueue(NatsEngine engine, QueueSettings settings, string stream, string subject, string inbox, string deadStream, string deadSubject)
    {
        _engine = engine;
        _settings = settings;
        _stream = stream;
        _subject = subject;
        _deadStream = deadStream;
        _deadSubject = deadSubject;
        _storeWords = $"store a value in {settings.Name}";
        _requestWords = $"take a request for values of {settings.Name}";
        _pullSubject = $"{engine.JetStream.Opts.Prefix}.CONSUMER.MSG.NEXT.{stream}.{Consumer}";
        _pulls = new NatsPulls(inbox, lane => engine.Runtime.Spawn(lane.DisposeAsync));
        _expires = settings.AckWait / 2;
        _return = GoTimer.AfterFunc(TimeSpan.FromDays(1), ReturnAsync, engine.Runtime);
        _return.Stop();
        _watch = GoTimer.AfterFunc(TimeSpan.FromDays(1), WatchAsync, engine.Runtime);
        _watch.Stop();
    }

    internal async ValueTask<Unit> ProvisionAsync(CancellationToken cancellationToken)
    {
        INatsJSStream? stream = await _engine.FindStreamAsync(_stream, cancellationToken);
        if (stream is null)
        {
            if (!_settings.Provision)
            {
                throw new ClusterConfigurationException($"the channel {_settings.Name} (stream {_stream}) does not exist, and Provision is false");
            }

            stream = await _engine.JetStream.CreateStreamAsync(
                new StreamConfig(_stream, [_subject])
                {
                    Retention = StreamConfigRetention.Workqueue,
                    Storage = StreamConfigStorage.File,
                    MaxMsgs = _settings.Capacity, // the only limit: streams with two limits have lost acknowledged messages
                    Discard = StreamConfigDiscard.New,
                    DuplicateWindow = _settings.DuplicateWindow,
                    NumReplicas = _settings.Replicas,
                },
                cancellationToken);
        }

        INatsJSConsumer consumer;
        try
        {
            consumer = await _engine.JetStream.GetConsumerAsync(_stream, Consumer, cancellationToken);
        }
        catch (NatsJSApiException exception) when (exception.Error.Code == 404 && _settings.Provision)
        {
            consumer = await _engine.JetStream.CreateConsumerAsync(
                _stream,
                new ConsumerConfig(Consumer)
                {
                    AckPolicy = ConsumerConfigAckPolicy.Explicit,
                    AckWait = _settings.AckWait,
                    MaxDeliver = -1, // the library counts deliveries: a message at the server's limit would stay in the way of others
                    MaxAckPending = _settings.Ordered ? 1 : Math.Max(2, _settings.Capacity),
                },
                cancellationToken);
        }

        StreamConfig found = stream.Info.Config;
        ConsumerConfig worker = consumer.Info.Config;
        if (found.Retention != StreamConfigRetention.Workqueue || found.Discard != StreamConfigDiscard.New || worker.AckPolicy != ConsumerConfigAckPolicy.Explicit
            || worker.MaxDeliver > 0)
        {
            throw new ClusterConfigurationException(
                $"the stream {_stream} exists and is no channel of this library (it needs WorkQueue retention, DiscardNew, explicit acknowledgements, and no limit of deliveries). Nothing was changed.");
        }

        _settings.ThrowUnlessSame(_settings with
        {
            Capacity = (int)found.MaxMsgs,
            AckWait = worker.AckWait,
            Ordered = worker.MaxAckPending == 1,
            DuplicateWindow = found.DuplicateWindow,
            Replicas = found.NumReplicas,
        });
        return default;
    }

    /// <remarks>
    /// With replicas, the server marks the id of a message as known before it looks whether there is room, and before the message is stored. So an
    /// answer "known" without a sequence number says nothing: the attempt is repeated. And a message that a full stream has refused must have another
    /// id the next time. To let few be refused, a sender that was refused looks for room first.
    /// </remarks>
    internal override ValueTask<PublishOutcome> PublishAsync(EngineMessage message, CancellationToken cancellationToken)
        => _engine.AskAsync(PublishOnceAsync, (this, message), _storeWords, cancellationToken);

    internal override ValueTask<QueueState> StateAsync(CancellationToken cancellationToken)
        => _engine.AskAsync(
            static async (engine, queue, cancel) =>
            {
                // The consumer comes first, so that a message stored and delivered between the two calls is not counted as held only. A
                // message acknowledged between them would be, so that no more are held than are stored afterwards.
                INatsJSConsumer consumer = await engine.JetStream.GetConsumerAsync(queue._stream, Consumer, cancel);
                INatsJSStream stream = await engine.JetStream.GetStreamAsync(queue._stream, cancellationToken: cancel);
                long stored = (long)stream.Info.State.Messages;
                return new QueueState(stored, Math.Min(stored, consumer.Info.NumAckPending));
            },
            this, $"say what {_settings.Name} holds", cancellationToken);

    internal override ValueTask<Unit> BuryAsync(EngineMessage message, CancellationToken cancellationToken)
        => _engine.AskAsync(
            static async (_, state, cancel) =>
            {
                PublishAnswer answer = await state.Queue.PublishAsync(state.Queue._deadSubject, state.message, cancel);
                return answer.Error is not null ? throw NatsEngine.Failure($"store the dead letter {state.message.Id}", answer.Error)
                    : answer is { IsDuplicate: true, Sequence: 0 } ? throw InProgress() : default(Unit);
            },
            (Queue: this, message), $"store a dead letter of {_settings.Name}", cancellationToken);

    internal override ValueTask<IReadOnlyList<DeadEntry>> DeadAsync(long after, int limit, CancellationToken cancellationToken)
        => _engine.AskAsync(
            static async (engine, state, cancel) =>
            {
                List<DeadEntry> entries = [];
                long next = state.after + 1;
                while (entries.Count < state.limit && await engine.GetMessageAsync(
                    state.Queue._deadStream, StoredMessage.Request(next, state.Queue._deadSubject, null), cancel) is { } message)
                {
                    IReadOnlyDictionary<string, string> headers = state.Queue._headers.Read(new ReadOnlySequence<byte>(message.HeaderBytes), out string id);
                    entries.Add(new DeadEntry(message.Sequence, new EngineMessage(id, message.Payload, headers), message.At));
                    next = message.Sequence + 1;
                }

                return (IReadOnlyList<DeadEntry>)entries;
            },
            (Queue: this, after, limit), $"list the dead letters of {_settings.Name}", cancellationToken, _engine.Options.OperationTimeout);

    internal override ValueTask<Unit> RemoveDeadAsync(long sequence, CancellationToken cancellationToken)
        => _engine.AskAsync(
            static async (engine, state, cancel) =>
            {
                try
                {
                    await engine.JetStream.DeleteMessageAsync(state._deadStream, new StreamMsgDeleteRequest { Seq = (ulong)state.sequence }, cancel);
                }
                catch (NatsJSApiException exception) when (exception.Error.ErrCode is 10043 or 10057 or 10037)
                {
                    // It no longer exists.
                }

                return default(Unit);
            },
            (_deadStream, sequence), $"remove a dead letter of {_settings.Name}", cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<PublishOutcome> PublishOnceAsync(NatsEngine engine, (NatsQueue Queue, EngineMessage Message) state, CancellationToken cancellationToken)
    {
        (NatsQueue queue, EngineMessage message) = state;
        bool looks = queue._settings.Replicas > 1 && message.Refusals > 0;
        if (looks && (await engine.JetStream.GetStreamAsync(queue._stream, cancellationToken: cancellationToken).ConfigureAwait(false)).Info.State.Messages >= queue._settings.Capacity)
        {
            return PublishOutcome.Full;
        }

        PublishAnswer answer = await queue.PublishAsync(queue._subject, message, cancellationToken).ConfigureAwait(false);
        if (answer.Error is null)
        {
            return !answer.IsDuplicate ? PublishOutcome.Stored : answer.Sequence != 0 ? PublishOutcome.Duplicate : throw InProgress();
        }

        if (answer.Error.ErrCode == MessagesExceeded && answer.Error.Description?.Contains("maximum messages", StringComparison.Ordinal) == true)
        {
            message.Refusals++;
            return PublishOutcome.Full;
        }

        throw NatsEngine.Failure($"store value {message.Id} in {queue._settings.Name}", answer.Error);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<PublishAnswer> PublishAsync(string subject, EngineMessage message, CancellationToken cancellationToken)
    {
        NatsHeaders headers = NatsEngine.ToHeaders(message.Headers);
        bool isRefused = _settings.Replicas > 1 && message.Refusals > 0;
        if (isRefused)
        {
            headers[LogicalId] = message.Id;
        }

        headers[MessageId] = isRefused ? string.Create(CultureInfo.InvariantCulture, $"{message.Id};{message.Refusals}") : message.Id;
        PublishAnswer answer = await _engine.Replies.RequestAsync(subject, message.Payload, headers, PublishAnswer.Read, cancellationToken).ConfigureAwait(false);
        return answer is { Sequence: 0, IsDuplicate: false, Error: null } ? throw new EngineTimeoutException("the answer has no sequence number") : answer;
    }

    private static EngineTimeoutException InProgress() => new("an earlier attempt is in progress");
}
