using System.Globalization;

namespace Goroutines.Cluster.Tests;

/// <summary>How long the tests on a real server wait before they fail.</summary>
/// <remarks>
/// Every limit is a multiple of one unit, so that a slow machine can have all of them longer at once. A limit only ends a test that would fail anyway, so
/// all are far longer than what an idle machine needs. Each wait inside a test has a limit of its own and says what it saw.
/// <see cref="Test"/> is longer than all of them together, and is reached only by a wait without a limit.
/// </remarks>
internal static class Patience
{
    /// <summary>The time within which a server that nothing disturbs answers, in a process that waits for its turn on a busy processor.</summary>
    internal static readonly TimeSpan Unit =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("GOROUTINES_CLUSTER_PATIENCE"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 10);

    /// <summary>The time from the start of a server until it listens.</summary>
    internal static readonly TimeSpan Start = 3 * Unit;

    /// <summary>The time after a fault within which values flow again on a server of its own.</summary>
    internal static readonly TimeSpan Flow = 3 * Unit;

    /// <summary>The time after a fault within which values flow again on three servers. They elect a leader of their own group, of each stream and of each
    /// consumer, and an attempt at an election takes 4 to 9 s.</summary>
    internal static readonly TimeSpan Election = 9 * Unit;

    /// <summary>The time that a member needs to connect and to open its channels.</summary>
    internal static readonly TimeSpan Open = 6 * Unit;

    /// <summary>The time until nothing is left of a load that has been stopped.</summary>
    internal static readonly TimeSpan End = 9 * Unit;

    /// <summary>The time of a whole test.</summary>
    internal static readonly TimeSpan Test = 120 * Unit * NatsFaultTests.Rounds;

    /// <summary>Waits for a part of a test.</summary>
    /// <param name="part">The part. It runs on if it takes too long.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="saw">Says what the part is, and how far it is.</param>
    /// <exception cref="TimeoutException">The part took longer.</exception>
    internal static async ValueTask WithinAsync(this ValueTask part, TimeSpan limit, Func<string> saw)
    {
        Task task = part.AsTask();
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"waited {limit.TotalSeconds:0} s for {saw()}");
        }
    }
}
