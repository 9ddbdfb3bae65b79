namespace Goroutines.Cluster;

/// <summary>The outcome of a send, a call or an acknowledgement is unknown: the engine did not answer in time, and it may or may not have been
/// carried out.</summary>
/// <param name="message">What was not answered.</param>
/// <param name="innerException">The last failure.</param>
public sealed class DeliveryUnknownException(string message, Exception? innerException = null) : TimeoutException(message, innerException);

/// <summary>A value or a lease is held no longer: it may belong to another by now.</summary>
/// <param name="message">What was lost.</param>
public sealed class LeaseLostException(string message) : InvalidOperationException(message);

/// <summary>Nobody serves the function that was called.</summary>
/// <param name="function">The name of the function.</param>
public sealed class NoServerException(string function) : InvalidOperationException($"nobody serves the function {function}")
{
    /// <summary>Gets the name of the function.</summary>
    public string Function { get; } = function;
}

/// <summary>The handler of a called function has thrown.</summary>
/// <param name="function">The name of the function.</param>
/// <param name="remoteType">The type of the exception there.</param>
/// <param name="remoteMessage">Its message.</param>
public sealed class RemoteException(string function, string remoteType, string remoteMessage)
    : InvalidOperationException($"{function} failed: {remoteType}: {remoteMessage}")
{
    /// <summary>Gets the name of the function.</summary>
    public string Function { get; } = function;

    /// <summary>Gets the name of the exception's type there.</summary>
    public string RemoteType { get; } = remoteType;

    /// <summary>Gets the exception's message there.</summary>
    public string RemoteMessage { get; } = remoteMessage;
}

/// <summary>The engine has refused an operation: it has no room on its disk, or a right is missing. Nothing was done.</summary>
/// <param name="message">What was refused, in the engine's words.</param>
/// <param name="innerException">The failure behind it.</param>
public sealed class EngineRefusedException(string message, Exception? innerException = null) : IOException(message, innerException);

/// <summary>The engine, or what exists there under a name, does not fit what the program asks for. Nothing was changed.</summary>
/// <param name="message">What does not fit, and what to do.</param>
/// <param name="innerException">The failure behind it.</param>
public sealed class ClusterConfigurationException(string message, Exception? innerException = null) : InvalidOperationException(message, innerException);
