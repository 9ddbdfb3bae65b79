namespace Goroutines.Tool;

/// <summary>Ends the command with a one-line message for the user.</summary>
internal sealed class ToolException(string message) : Exception(message);
