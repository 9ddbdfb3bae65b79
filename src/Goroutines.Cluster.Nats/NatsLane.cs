namespace Goroutines.Cluster.Nats;

/// <summary>A subscription for one request at a time.</summary>
internal sealed class NatsLane(string subject) : IAsyncDisposable
{
    internal string Subject { get; } = subject;

    internal NatsListener? Subscription { get; set; }

    /// <summary>A time not later than the sending of the last request.</summary>
    internal long SentAt { get; set; }

    /// <summary>The request that is out; null if there is none.</summary>
    internal NatsRequest? Request { get; set; }

    public async ValueTask DisposeAsync()
    {
        if (Subscription is not null)
        {
            await Subscription.DisposeAsync();
        }
    }
}

/// <summary>One use of a lane.</summary>
internal sealed class NatsRequest(NatsLane lane, int batch)
{
    internal NatsLane Lane { get; } = lane;

    /// <summary>The number of messages that the request can still bring.</summary>
    internal int Left { get; set; } = batch;

    /// <summary>Whether the request has been sent.</summary>
    internal bool IsSent { get; set; }

    /// <summary>Whether the request has neither ended nor been given up.</summary>
    internal bool IsOut => Lane.Request == this;
}
