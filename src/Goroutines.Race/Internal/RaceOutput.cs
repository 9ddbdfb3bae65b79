namespace Goroutines.Race;

/// <summary>Prints races that no test watches for, and makes the process fail.</summary>
internal static class RaceOutput
{
    private const int ExitCode = 66;
    private const string Line = "==================";

    private static int s_count;

    internal static void Print(string report)
    {
        if (Interlocked.Increment(ref s_count) == 1)
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
            {
                Console.Error.WriteLine($"Found {s_count} data race(s)");
                Environment.ExitCode = ExitCode;
            };
        }

        Console.Error.WriteLine($"{Line}\n{report}{Line}");
    }
}
