namespace Book;

/// <summary>What a program printed, and its exit code.</summary>
internal sealed record Output(string Text, string Errors, int ExitCode);
