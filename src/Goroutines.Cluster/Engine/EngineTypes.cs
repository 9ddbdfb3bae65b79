namespace Goroutines.Cluster.Engine;

/// <summary>Thrown when the engine did not answer in time: the operation may or may not have been carried out.</summary>
internal sealed class EngineTimeoutException(string message, Exception? inner = null) : TimeoutException(message, inner);

/// <summary>The required settings of a queue. A queue that exists with other settings is left as it is, and refused.</summary>
internal sealed record QueueSettings(
    string Name, int Capacity, TimeSpan AckWait, bool Ordered, TimeSpan DuplicateWindow, TimeSpan ReturnAfter, int Replicas, bool Provision)
{
    /// <summary>Throws if the queue exists with other settings.</summary>
    internal void ThrowUnlessSame(QueueSettings existing)
    {
        List<string> differences = [];
        Compare(nameof(Capacity), Capacity, existing.Capacity);
        Compare(nameof(AckWait), AckWait, existing.AckWait);
        Compare(nameof(Ordered), Ordered, existing.Ordered);
        Compare(nameof(DuplicateWindow), DuplicateWindow, existing.DuplicateWindow);
        Compare(nameof(Replicas), Replicas, existing.Replicas);
        if (differences.Count != 0)
        {
            throw new ClusterConfigurationException(
                $"the channel {Name} exists with other settings: {string.Join("; ", differences)}. Nothing was changed. Name the settings that it has, or drain it, "
                + "remove it from the server, and let it be made anew.");
        }

        void Compare<T>(string name, T wanted, T found)
        {
            if (!EqualityComparer<T>.Default.Equals(wanted, found))
            {
                differences.Add($"{name} is {found}, not {wanted}");
            }
        }
    }
}

/// <summary>A value as it is stored.</summary>
internal sealed record EngineMessage(string Id, ReadOnlyMemory<byte> Payload, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>How often a full queue has refused this message. The engine keeps it here from one attempt to the next.</summary>
    internal int Refusals { get; set; }
}

/// <summary>A value that was given up.</summary>
internal sealed record DeadEntry(long Sequence, EngineMessage Message, DateTimeOffset StoredAt);

/// <summary>The state of a queue: all that is stored, and how much of that is held by receivers.</summary>
/// <remarks>Held is at most Stored. An engine may read Held before Stored.</remarks>
internal readonly record struct QueueState(long Stored, long Held);

/// <summary>A key's value and the revision of its last write.</summary>
internal sealed record KeyEntry(string Value, long Revision);

/// <summary>The outcome of a publish.</summary>
internal enum PublishOutcome
{
    Stored,
    Duplicate,
    Full,
}

/// <summary>The outcome of a call.</summary>
internal enum CallStatus
{
    Done,
    Failed,
    Busy,
    NoServer,

    /// <summary>The request has arrived a second time. No answer is sent: the first one is on its way.</summary>
    Repeated,
}

/// <summary>The request of a call.</summary>
internal sealed record CallRequest(ReadOnlyMemory<byte> Payload, IReadOnlyDictionary<string, string> Headers);

/// <summary>The answer to a call: a payload, or the exception of the handler.</summary>
internal readonly record struct CallReply(CallStatus Status, ReadOnlyMemory<byte> Payload, string ErrorType = "", string ErrorMessage = "");
