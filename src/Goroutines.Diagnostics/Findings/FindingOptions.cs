namespace Goroutines.Diagnostics;

/// <summary>The settings of <see cref="GoFindings.FindAsync"/>.</summary>
public sealed class FindingOptions
{
    /// <summary>Gets or sets how long a goroutine must have waited, by the runtime's clock, before its wait is suspected. The default is
    /// one minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than zero.</exception>
    public TimeSpan SuspectAfter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the real time between the two looks of a search. A deadlock, for one, has to hold at both. The default is 50
    /// ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1 ms or more than 10 s.</exception>
    public TimeSpan BetweenLooks
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromSeconds(10));
            field = value;
        }
    }

    = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets how many goroutines of one site in one kind of wait count as many. The default is 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Many
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    = 10;
}
