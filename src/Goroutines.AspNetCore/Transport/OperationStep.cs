namespace Goroutines.AspNetCore.Transport;

/// <summary>What became of an attempt to carry out an operation.</summary>
internal enum OperationStep
{
    /// <summary>The operation is complete: there is input, an end or a failure to tell, or all output is sent or dropped.</summary>
    Done,

    /// <summary>The operation waits. Another thread may complete it at any moment.</summary>
    Parked,

    /// <summary>The operation is to end as cancelled.</summary>
    Cancelled,

    /// <summary>The operation is to end because its token was cancelled.</summary>
    TokenCancelled,
}
