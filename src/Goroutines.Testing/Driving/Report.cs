using System.Globalization;
using System.Text;
using Goroutines.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Testing.Driving;

/// <summary>Composes the message of a test that exceeded a limit: which goroutines it waited for, why, and what to do about it.</summary>
internal static class Report
{
    private const int MostNamed = 10;

    internal static string OutsideLimit(TimeSpan limit, List<G> notBlocked, string dump)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"For {limit.TotalSeconds:0.###} s nothing went on in the test (OutsideLimit), and the virtual clock stood still, because of goroutines that wait for something outside of it:");
        Name(text, notBlocked);
        text.AppendLine();
        foreach (string hint in notBlocked.Select(HintFor).Distinct())
        {
            text.AppendLine().Append(hint);
        }

        return Join(text, dump);
    }

    internal static string RealLimit(TimeSpan limit, long virtualNanoseconds, string dump)
    {
        StringBuilder text = new();
        TimeSpan moved = new(virtualNanoseconds / 100);
        text.Append(CultureInfo.InvariantCulture, $"The test has not ended within {limit.TotalSeconds:0.###} s of real time (RealLimit). The virtual clock went on by {moved:c} meanwhile. ")
            .Append("If that is far more than the test should need, goroutines that wait for each other are kept company by timers (a Ticker, a loop with a sleep), which never let the test come to rest; ")
            .Append("if it is not, look for a goroutine below that is running or blocked.");
        return Join(text, dump);
    }

    internal static string VirtualLimit(TimeSpan limit, string dump)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"The test has not ended within {limit:c} of virtual time (VirtualLimit).");
        return Join(text, dump);
    }

    /// <summary>Names the goroutines of a deadlock that count as blocked only because of the options. Returns null if there are
    /// none.</summary>
    internal static string? CountedAsBlocked(List<G> notBlocked)
    {
        if (notBlocked.Count == 0)
        {
            return null;
        }

        StringBuilder text = new();
        text.Append("OutsideGrace is zero, so goroutines that await tasks count as blocked:");
        Name(text, notBlocked);
        return text.ToString();
    }

    private static void Name(StringBuilder text, List<G> goroutines)
    {
        foreach (G g in goroutines.Take(MostNamed))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  goroutine {g.Id} ({Traceback.NameOf(g)}, created at {Traceback.CreatedAt(g)}) {WhatOf(g)}");
        }

        if (goroutines.Count > MostNamed)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"  and {goroutines.Count - MostNamed} others");
        }
    }

    private static string WhatOf(G g) => g.Status switch
    {
        GStatus.Waiting when IsIO(g) => "waits for the network",
        GStatus.Waiting => "awaits a task that no timer of GoTest.TimeProvider completes",
        GStatus.Syscall => "blocks its thread",
        _ => "is running",
    };

    private static string HintFor(G g) => g.Status switch
    {
        GStatus.Waiting when IsIO(g) => "Sockets work in real time. To test network code in virtual time, connect the two sides by Conn.Pipe.",
        GStatus.Waiting => "If the task is a delay or a time-out, give it GoTest.TimeProvider. If other goroutines of the test complete it, set OutsideGrace to zero.",
        _ => "A goroutine with an async body that blocks its thread (Go.Blocking, a lock, Task.Wait, a synchronous form such as Receive) is not durably blocked: await, or give it a synchronous body.",
    };

    private static bool IsIO(G g) => g.ParkedOn is { Reason: WaitReason.IO };

    private static string Join(StringBuilder text, string dump) => text.AppendLine().AppendLine().Append(dump).ToString();
}
