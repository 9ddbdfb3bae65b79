namespace Goroutines.ModelTests.Model;

/// <summary>Unwinds a thread that still sleeps when its execution is over.</summary>
internal sealed class ExecutionAbortedException() : Exception("The execution is over.");
