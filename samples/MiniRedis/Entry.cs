using Goroutines;

namespace MiniRedis;

/// <summary>What a key leads to: a string or a list, and when it ends.</summary>
internal sealed class Entry
{
    public byte[]? Text { get; set; }

    public ItemList? List { get; init; }

    public DateTimeOffset? Ends { get; set; }

    public bool IsExpired => Ends is { } ends && ends <= Go.Now;
}
