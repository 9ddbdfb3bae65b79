namespace Goroutines.Diagnostics;

/// <summary>Settings of <see cref="GoFindings.FindAsync"/>.</summary>
public sealed class FindingOptions
{
    /// <summary>How long a goroutine has to have waited, by the runtime's clock, before its wait can be suspected. The default is a minute.</summary>
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

    /// <summary>How long, in real time, passes between the two looks that what is proved or measured has to stand in. The default is 50 ms.</summary>
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

    /// <summary>Of how many goroutines of one site in one kind of wait it is said that there are many. The default is 10.</summary>
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
