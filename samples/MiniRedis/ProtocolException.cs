namespace MiniRedis;

/// <summary>The bytes are no commands: the connection is told so and closed.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
