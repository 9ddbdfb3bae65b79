namespace Goroutines.Diagnostics;

/// <summary>Some goroutines, or waits, that have stack and labels in common. It does not change.</summary>
public sealed class GoProfileSample
{
    internal GoProfileSample(IReadOnlyList<GoProfileFrame> stack, IReadOnlyList<KeyValuePair<string, string>> labels, long count, TimeSpan delay)
    {
        Stack = stack;
        Labels = labels;
        Count = count;
        Delay = delay;
    }

    /// <summary>The methods, innermost first; the last is the goroutine's body.</summary>
    public IReadOnlyList<GoProfileFrame> Stack { get; }

    /// <summary>What else they have in common: <c>state</c>, <c>reason</c>, <c>goroutine</c> (its id), <c>waker</c> or <c>waiter</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>How many there are; of sampled waits, how many it stands for. Negative in a difference of two profiles.</summary>
    public long Count { get; }

    /// <summary>How long they waited in all; zero in profiles that only count.</summary>
    public TimeSpan Delay { get; }
}
