namespace Goroutines.Cluster;

/// <summary>Settings of one send to a <see cref="ClusterChan{T}"/>.</summary>
public sealed class SendOptions
{
    /// <summary>Gets or sets the id of the value. A second send with the same id within <see cref="ClusterChanOptions.DuplicateWindow"/> succeeds, but is not
    /// stored. The default is <see langword="null"/>: a new id.</summary>
    public string? Id { get; set; }

    /// <summary>Gets or sets when the send returns. The default is <see cref="SendUntil.Stored"/>.</summary>
    public SendUntil Until { get; set; }
}

/// <summary>When a send returns.</summary>
public enum SendUntil
{
    /// <summary>The send returns when the engine has stored the value.</summary>
    Stored,

    /// <summary>
    /// The send returns when a receiver has acknowledged the value or made it a dead letter. That can take long: pass a token with a deadline. A second
    /// send with the same id waits for the stored value; if that has been acknowledged before, the second send waits until its token is cancelled.
    /// </summary>
    Handled,
}
