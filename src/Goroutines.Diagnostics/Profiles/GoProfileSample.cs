namespace Goroutines.Diagnostics;

/// <summary>Goroutines or waits with the same stack and labels. It is immutable.</summary>
public sealed class GoProfileSample
{
    internal GoProfileSample(IReadOnlyList<GoProfileFrame> stack, IReadOnlyList<KeyValuePair<string, string>> labels, long count, TimeSpan delay)
    {
        Stack = stack;
        Labels = labels;
        Count = count;
        Delay = delay;
    }

    /// <summary>Gets the methods, innermost first. The last one is the goroutine's body.</summary>
    public IReadOnlyList<GoProfileFrame> Stack { get; }

    /// <summary>Gets the labels: <c>state</c>, <c>reason</c>, <c>goroutine</c> (its id), <c>waker</c>, <c>waiter</c>, and those of
    /// <see cref="GoLabels"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    /// <summary>Gets how many there are; for sampled waits, how many the sample stands for. It may be negative in a difference of two
    /// profiles.</summary>
    public long Count { get; }

    /// <summary>Gets how long they waited in total; zero in profiles that only count.</summary>
    public TimeSpan Delay { get; }
}
