namespace Goroutines;

/// <summary>All goroutines are asleep and nothing can wake one (Go's "all goroutines are asleep - deadlock!").</summary>
public sealed class DeadlockException : Exception
{
    private const string Headline = "all goroutines are asleep - deadlock!";

    /// <summary>Creates an exception with Go's message and no dump.</summary>
    public DeadlockException()
        : this(Headline)
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public DeadlockException(string message)
        : base(message) => Dump = "";

    /// <summary>Creates an exception with a message and the exception that caused it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The exception that caused this one.</param>
    public DeadlockException(string message, Exception innerException)
        : base(message, innerException) => Dump = "";

    private DeadlockException(string message, string dump)
        : base(message) => Dump = dump;

    /// <summary>Gets a dump of every goroutine, in the form of a Go traceback, from the moment the deadlock was found.</summary>
    public string Dump { get; }

    internal static DeadlockException Found(string dump, string? remark = null)
        => new($"{Headline}{(remark is null ? "" : Environment.NewLine)}{remark}{Environment.NewLine}{Environment.NewLine}{dump}", dump);

    /// <summary>Creates the exception for a deadlock of a runtime. The message also says what to do if the user knows better.</summary>
    internal static DeadlockException Proved(string dump) => new(
        $"{Headline}{Environment.NewLine}{Environment.NewLine}{dump}{Environment.NewLine}"
        + "Nothing in this process refers to what they wait for. If something that is no goroutine was to wake one all the same, hold "
        + "Go.ExpectExternal() until it has, or turn the search for deadlocks off (GoRuntimeOptions.DetectDeadlocks, "
        + $"{GoRuntimeOptions.DetectDeadlocksVariable}=0, or the AppContext switch {GoRuntimeOptions.DetectDeadlocksSwitch}).",
        dump);
}
