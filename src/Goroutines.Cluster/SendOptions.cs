namespace Goroutines.Cluster;

/// <summary>Settings of one send to a <see cref="ClusterChan{T}"/>.</summary>
public sealed class SendOptions
{
    /// <summary>What identifies the value: a second send with the same id within <see cref="ClusterChanOptions.DuplicateWindow"/> is not stored, and
    /// succeeds. Default: <see langword="null"/>, an id of its own.</summary>
    public string? Id { get; set; }

    /// <summary>Gets or sets when the send returns. Default: <see cref="SendUntil.Stored"/>.</summary>
    public SendUntil Until { get; set; }
}

/// <summary>When a send returns.</summary>
public enum SendUntil
{
    /// <summary>When the engine has stored the value.</summary>
    Stored,

    /// <summary>When a receiver has acknowledged the value. That can take long: pass a token with a deadline.</summary>
    Handled,
}
