namespace Goroutines.Cluster;

/// <summary>Thrown when the outcome of a send, a call or an acknowledgement is unknown: the engine did not answer in time, so the operation may or
/// may not have been carried out.</summary>
/// <param name="message">The operation that was not answered.</param>
/// <param name="innerException">The last failure.</param>
public sealed class DeliveryUnknownException(string message, Exception? innerException = null) : TimeoutException(message, innerException);

/// <summary>Thrown when a value or a lease is no longer held: it may already belong to another holder.</summary>
/// <param name="message">What was lost.</param>
public sealed class LeaseLostException(string message) : InvalidOperationException(message);

/// <summary>Thrown when no process serves the called function.</summary>
/// <param name="function">The name of the function.</param>
public sealed class NoServerException(string function) : InvalidOperationException($"nobody serves the function {function}")
{
    /// <summary>Gets the name of the function.</summary>
    public string Function { get; } = function;
}

/// <summary>Thrown when the handler of a called function threw an exception.</summary>
/// <param name="function">The name of the function.</param>
/// <param name="remoteType">The type of the handler's exception.</param>
/// <param name="remoteMessage">The message of the handler's exception.</param>
public sealed class RemoteException(string function, string remoteType, string remoteMessage)
    : InvalidOperationException($"{function} failed: {remoteType}: {remoteMessage}")
{
    /// <summary>Gets the name of the function.</summary>
    public string Function { get; } = function;

    /// <summary>Gets the type name of the handler's exception.</summary>
    public string RemoteType { get; } = remoteType;

    /// <summary>Gets the message of the handler's exception.</summary>
    public string RemoteMessage { get; } = remoteMessage;
}

/// <summary>Thrown when the engine refuses an operation: its disk is full, or a permission is missing. Nothing was done.</summary>
/// <param name="message">What was refused, in the engine's words.</param>
/// <param name="innerException">The failure behind it.</param>
public sealed class EngineRefusedException(string message, Exception? innerException = null) : IOException(message, innerException);

/// <summary>Thrown when the engine, or an object with the given name, does not match what the program asks for. Nothing was changed.</summary>
/// <param name="message">What does not fit, and what to do.</param>
/// <param name="innerException">The failure behind it.</param>
public sealed class ClusterConfigurationException(string message, Exception? innerException = null) : InvalidOperationException(message, innerException);
