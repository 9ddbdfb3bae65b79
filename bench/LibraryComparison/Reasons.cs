namespace Goroutines.LibraryComparison;

/// <summary>Why another side is faster in a line, as far as it was looked into.</summary>
internal static class Reasons
{
    private const string Inline =
        "a write calls the waiting reader's code: no run queue, no hand-over, and no second core that could take part; ours always queues the goroutine that it wakes";

    private const string Objects =
        "a goroutine that waits is three objects (itself, with its identity and its place in dumps, its state machine and its place in the channel's queue), a task is two";

    private const string Small = "a task that waits is one block with its channel's half beside it, and no collector copies it";

    private const string Unbounded = "its mailboxes are unbounded, so that the sender never waits; ours waits for room once a receiver is 128 numbers behind";

    private const string Holder = "no asynchronous lock: there is no `ValueTask` around it, and no holder by which a lock that is disposed of twice is told from another one's";

    /// <summary>By label and side; without a side, of every one; without a label, of every line of the side.</summary>
    private static readonly Dictionary<(string Label, string Side), string> s_reasons = new()
    {
        [("", "channels-inline")] = Inline,
        [("parked, memory", "channels")] = Objects,
        [("parked, memory", "channels-inline")] = Objects,
        [("parked, start", "channels")] = Objects,
        [("parked, start", "channels-inline")] = Objects,
        [("parked, wake", "channels")] = Objects,
        [("parked, wake", "channels-inline")] = Objects,
        [("parked, memory", "tokio")] = Small,
        [("parked, start", "tokio")] = Small,
        [("counting", "")] = Unbounded,
        [("forkjoin", "")] = Unbounded,
        [("mutex1", "java")] = Holder,
    };

    public static string Of(Line line, Side side) =>
        s_reasons.GetValueOrDefault((line.Label, side.Name)) ?? s_reasons.GetValueOrDefault(("", side.Name)) ?? s_reasons.GetValueOrDefault((line.Label, "")) ??
        "not looked into";
}
