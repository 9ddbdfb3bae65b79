using System.Globalization;

namespace Goroutines.GoComparison;

/// <summary>Whether the figures were taken on a machine that had other work.</summary>
internal static class Scheduling
{
    private const int PolicyField = 40;

    /// <summary>Whether half of the processors were busy before anything ran.</summary>
    public static bool IsLoaded(string loadAverages, int processors) =>
        double.TryParse(loadAverages.Split(' ')[0], CultureInfo.InvariantCulture, out var load) && load > processors / 2.0;

    /// <summary>How the system schedules this process and what it starts.</summary>
    public static string Describe()
    {
        const string Stat = "/proc/self/stat";
        if (!File.Exists(Stat))
        {
            return "the system's default";
        }
        // The second field, the program's name in parentheses, may hold blanks.
        var stat = File.ReadAllText(Stat);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[PolicyField - 2] switch
        {
            "1" or "2" => "real-time priority (`chrt`), so that ordinary processes wait meanwhile",
            _ => "the system's default",
        };
    }
}
