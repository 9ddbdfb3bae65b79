namespace LinkCheck;

/// <summary>The program's exit codes.</summary>
internal static class ExitCode
{
    /// <summary>Every link leads somewhere.</summary>
    internal const int Success = 0;

    /// <summary>Some links are broken.</summary>
    internal const int Broken = 1;

    /// <summary>The arguments are wrong.</summary>
    internal const int Usage = 2;

    /// <summary>The start page could not be read, so nothing was crawled.</summary>
    internal const int NoStart = 3;

    /// <summary>Interrupted by Ctrl+C or SIGTERM. The report covers what was checked by then.</summary>
    internal const int Interrupted = 130;
}
