namespace Goroutines.Tool;

/// <summary>What the user has to be told, in a line, and ends the command.</summary>
internal sealed class ToolException(string message) : Exception(message);
