using System.Globalization;
using System.Runtime.CompilerServices;
using Goroutines.Cluster.Engine;
using Goroutines.Cluster.Queues;

namespace Goroutines.Cluster;

/// <summary>The values of a <see cref="ClusterChan{T}"/> that were given up. They can be browsed, sent again and removed.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>Thread-safe. Dead letters are kept for 30 days.</remarks>
public sealed class DeadLetters<T>
{
    private const int Page = 100;

    private readonly ChanCore _core;
    private readonly IClusterCodec<T> _codec;

    internal DeadLetters(ChanCore core, IClusterCodec<T> codec)
    {
        _core = core;
        _codec = codec;
    }

    /// <summary>Enumerates the dead letters, oldest first, without removing them.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The dead letters that exist when the enumeration reaches them.</returns>
    /// <exception cref="TimeoutException">The engine did not answer.</exception>
    public async IAsyncEnumerable<DeadLetter<T>> BrowseAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long after = 0;
        while (true)
        {
            IReadOnlyList<DeadEntry> page = await RepeatAsync((queue, cancel) => queue.DeadAsync(after, Page, cancel), "list", cancellationToken);
            foreach (DeadEntry entry in page)
            {
                after = entry.Sequence;
                yield return new DeadLetter<T>(entry, _codec);
            }

            if (page.Count < Page)
            {
                yield break;
            }
        }
    }

    /// <summary>Sends a dead letter to the channel again, as a new value with the original bytes, and removes it.</summary>
    /// <param name="letter">The dead letter.</param>
    /// <param name="cancellationToken">Cancels the wait. The dead letter still exists unless it was sent; a second redrive within
    /// <see cref="ClusterChanOptions.DuplicateWindow"/> does not store the value twice.</param>
    /// <returns>A task that completes when the value is stored and the dead letter is removed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="letter"/> is <see langword="null"/>.</exception>
    /// <exception cref="DeliveryUnknownException">The engine did not answer.</exception>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed.</exception>
    public async ValueTask RedriveAsync(DeadLetter<T> letter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letter);
        Dictionary<string, string> headers = [];
        foreach ((string name, string value) in letter.Entry.Message.Headers)
        {
            if (!name.StartsWith("Goroutines-", StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }

        string id = $"{letter.Id}:{letter.Entry.Sequence.ToString(CultureInfo.InvariantCulture)}";
        await _core.SendAsync(new EngineMessage(id, letter.Entry.Message.Payload, headers), waits: true, cancellationToken);
        await RemoveAsync(letter, cancellationToken);
    }

    /// <summary>Sends all existing dead letters to the channel again.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of dead letters that were sent.</returns>
    /// <exception cref="DeliveryUnknownException">The engine did not answer.</exception>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed.</exception>
    public async ValueTask<int> RedriveAllAsync(CancellationToken cancellationToken = default)
    {
        int count = 0;
        await foreach (DeadLetter<T> letter in BrowseAsync(cancellationToken))
        {
            await RedriveAsync(letter, cancellationToken);
            count++;
        }

        return count;
    }

    /// <summary>Removes a dead letter permanently. Does nothing if it no longer exists.</summary>
    /// <param name="letter">The dead letter.</param>
    /// <param name="cancellationToken">Cancels the wait. The dead letter may or may not have been removed.</param>
    /// <returns>A task that completes when the dead letter is removed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="letter"/> is <see langword="null"/>.</exception>
    /// <exception cref="TimeoutException">The engine did not answer.</exception>
    public async ValueTask RemoveAsync(DeadLetter<T> letter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letter);
        await RepeatAsync((queue, cancel) => queue.RemoveDeadAsync(letter.Entry.Sequence, cancel), "remove", cancellationToken);
    }

    private async ValueTask<TResult> RepeatAsync<TResult>(
        Func<EngineQueue, CancellationToken, ValueTask<TResult>> operation, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await _core.Engine.RepeatAsync(operation, _core.Queue, _core.Engine.Options.OperationTimeout, cancellationToken);
        }
        catch (EngineTimeoutException exception)
        {
            throw new TimeoutException($"{_core.Engine.Description} did not answer: can't {what} dead letters of {_core.Name}", exception);
        }
    }
}

/// <summary>A value that was given up, with the reason.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class DeadLetter<T>
{
    private readonly IClusterCodec<T> _codec;

    internal DeadLetter(DeadEntry entry, IClusterCodec<T> codec)
    {
        Entry = entry;
        _codec = codec;
    }

    /// <summary>Gets the id of the value as it was sent.</summary>
    public string Id => Header(Headers.DeadId) ?? Entry.Message.Id;

    /// <summary>Gets the reason why the value was given up.</summary>
    public string Reason => Header(Headers.DeadReason) ?? "";

    /// <summary>Gets the type of the exception that was the cause; <see langword="null"/> if there was none.</summary>
    public string? ErrorType => Header(Headers.DeadErrorType);

    /// <summary>Gets the message of the exception that was the cause, up to 1,000 characters; <see langword="null"/> if there was none.</summary>
    public string? ErrorMessage => Header(Headers.DeadError);

    /// <summary>Gets how often the value had been delivered.</summary>
    public int Attempts => int.TryParse(Header(Headers.DeadAttempts), CultureInfo.InvariantCulture, out int attempts) ? attempts : 0;

    /// <summary>Gets the time at which the value was given up, by the engine's clock.</summary>
    public DateTimeOffset DiedAt => Entry.StoredAt;

    /// <summary>Gets the bytes of the value as they were sent.</summary>
    public ReadOnlyMemory<byte> Payload => Entry.Message.Payload;

    internal DeadEntry Entry { get; }

    /// <summary>Reads the value, if it can be read.</summary>
    /// <param name="value">The value.</param>
    /// <returns>true if the codec could read the bytes; otherwise, false.</returns>
    public bool TryGetValue([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = _codec.Decode(Payload);
            return true;
        }
        catch (Exception)
        {
            value = default;
            return false;
        }
    }

    private string? Header(string name) => Entry.Message.Headers.GetValueOrDefault(name);
}
