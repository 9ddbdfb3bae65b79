namespace Digest;

/// <summary>The program's exit codes; a signal gives 128 and its number (see <see cref="Interruption"/>).</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int SomeFailed = 1;
    internal const int Usage = 2;
    internal const int OutputFailed = 3;
}
