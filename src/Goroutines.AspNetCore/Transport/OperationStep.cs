namespace Goroutines.AspNetCore.Transport;

/// <summary>The result of an attempt to carry out an operation.</summary>
internal enum OperationStep
{
    /// <summary>The operation is complete: it has input, an end or a failure to report, or all output is sent or dropped.</summary>
    Done,

    /// <summary>The operation waits. Another thread may complete it at any moment.</summary>
    Parked,

    /// <summary>The operation must end as cancelled.</summary>
    Cancelled,

    /// <summary>The operation must end because its token was cancelled.</summary>
    TokenCancelled,
}
