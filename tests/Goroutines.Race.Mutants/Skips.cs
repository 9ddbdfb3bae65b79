namespace Goroutines.Race.Mutants;

/// <summary>Which call is left out, and which ends of holds have to be left out with it.</summary>
[RaceIgnore("It is no part of the programs.")]
public static class Skips
{
    private static readonly HashSet<int> s_seen = [];
    private static readonly Dictionary<(object Lock, long Goroutine), int> s_open = [];

    /// <summary>Gets or sets the number of the call that is left out; negative if none is.</summary>
    public static int Active { get; set; } = -1;

    /// <summary>Begins a run of a program.</summary>
    public static void Begin(int active)
    {
        Active = active;
        s_seen.Clear();
        s_open.Clear();
    }

    /// <summary>Gets the calls that have run.</summary>
    public static int[] Seen => [.. s_seen.Order()];

    /// <summary>Whether the call is left out.</summary>
    internal static bool Leaves(int site)
    {
        s_seen.Add(site);
        return site == Active;
    }

    /// <summary>Whether a call that takes a lock is left out.</summary>
    internal static bool Leaves(int site, object taken)
    {
        if (!Leaves(site))
        {
            return false;
        }

        (object, long) key = (taken, Go.CurrentId);
        s_open[key] = s_open.GetValueOrDefault(key) + 1;
        return true;
    }

    /// <summary>Whether a call that frees a lock is left out, because the one that should have taken it was.</summary>
    internal static bool LeavesEnd(object taken)
    {
        (object, long) key = (taken, Go.CurrentId);
        int open = s_open.GetValueOrDefault(key);
        if (open > 0)
        {
            s_open[key] = open - 1;
        }

        return open > 0;
    }
}
