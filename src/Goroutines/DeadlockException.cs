namespace Goroutines;

/// <summary>All goroutines are asleep and nothing can wake one (Go's "all goroutines are asleep - deadlock!").</summary>
public sealed class DeadlockException : Exception
{
    /// <summary>Makes an exception with Go's message and no dump.</summary>
    public DeadlockException()
        : this("all goroutines are asleep - deadlock!")
    {
    }

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    public DeadlockException(string message)
        : base(message) => Dump = "";

    /// <summary>Makes an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What caused it.</param>
    public DeadlockException(string message, Exception innerException)
        : base(message, innerException) => Dump = "";

    private DeadlockException(string message, string dump)
        : base(message) => Dump = dump;

    /// <summary>Every goroutine in the form of a Go traceback, at the moment the deadlock was found.</summary>
    public string Dump { get; }

    internal static DeadlockException Found(string dump, string? remark = null)
        => new($"all goroutines are asleep - deadlock!{(remark is null ? "" : Environment.NewLine)}{remark}{Environment.NewLine}{Environment.NewLine}{dump}", dump);
}
