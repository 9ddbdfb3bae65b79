using Goroutines.Runtime;
using Goroutines.Testing.Tests.KnownBugs;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>
/// The known bugs that the explorer finds before they happen, looked at after they have happened: those that leave goroutines blocked are found and named in
/// the program that hangs, and nothing is found in the mended ones. docs/diagnostics.md has the same table.
/// </summary>
[Collection(nameof(Tracking))]
public sealed class KnownBugTests : IDisposable
{
    private const int MostSeeds = 2_000;
    private const int SeedsOfFixed = 30;

    private static readonly KnownBug[] s_bugs = [.. LockBugs.All, .. WaitBugs.All, .. ChannelBugs.All, .. MixedBugs.All, .. OrderBugs.All];

    /// <summary>What the finding is called, by the name of the bug. Those that are not here leave no goroutine blocked: they end in an exception or a wrong result.</summary>
    private static readonly Dictionary<string, string> s_kinds = new(StringComparer.Ordinal)
    {
        ["double lock"] = "deadlock",
        ["AB-BA"] = "deadlock",
        ["missing unlock on an early return"] = "deadlock",
        ["read lock taken twice beside a waiting writer"] = "deadlock",
        ["read lock turned into a write lock"] = "deadlock",
        ["dining philosophers"] = "deadlock",
        ["semaphore taken bit by bit"] = "collected",
        ["lost signal of a condition"] = "collected",
        ["signal where a broadcast is needed"] = "collected",
        ["wait for a group inside the loop that starts it"] = "collected",
        ["done left out on the path of an error"] = "collected",
        ["semaphore not released on the path of an error"] = "collected",
        ["once that calls itself"] = "deadlock",
        ["once of two that call each other"] = "deadlock",
        ["sender left when the receiver timed out"] = "collected",
        ["senders left when the first answer was enough"] = "collected",
        ["missed close"] = "collected",
        ["pipeline left by its reader"] = "collected",
        ["nil channel"] = "never-woken",
        ["both send first"] = "collected",
        ["results filled before they are read"] = "collected",
        ["select with a lost default"] = "collected",
        ["lock held across a send"] = "held-while-waiting",
        ["lock held across a receive"] = "held-while-waiting",
        ["context not cancelled"] = "collected",
        ["timer leak"] = "collected",
        ["producer left by a failed consumer"] = "collected",
        ["wait for a group that waits for the reader"] = "collected",
    };

    public KnownBugTests() => GoTracking.Holders = true;

    public static TheoryData<string> Blocking => [.. s_bugs.Where(static bug => bug.Kind is Testing.FailureKind.Deadlock or Testing.FailureKind.Leak).Select(static bug => bug.Name)];

    public static TheoryData<string> All => [.. s_bugs.Select(static bug => bug.Name)];

    public void Dispose() => GoTracking.Holders = false;

    [Fact]
    public void All_AreFortyAndThoseThatBlockAreListed()
    {
        Assert.Equal(40, s_bugs.Length);
        Assert.Equal(s_kinds.Keys.Order(StringComparer.Ordinal), Blocking.Select(static row => row.Data).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_InTheDocument_IsWhatIsFound()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "docs", "diagnostics.md")))
        {
            folder = folder.Parent;
        }

        string text = File.ReadAllText(Path.Combine(folder!.FullName, "docs", "diagnostics.md"));
        Assert.All(s_kinds, bug => Assert.Contains($"| {bug.Key} | `{bug.Value}` |", text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task Buggy_ThatHangs_IsFoundAndNamed(string name)
    {
        KnownBug bug = Bug(name);
        for (int seed = 1; seed <= MostSeeds; seed++)
        {
            Finding[] found = await RunAsync(bug.Buggy, bug.EarlyTimers, seed, inspectIfDone: false);
            if (found.Length == 0)
            {
                continue;
            }

            foreach (Finding finding in found)
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}: {finding}{Environment.NewLine}{finding.Detail}");
            }

            Finding named = Assert.Single(found.DistinctBy(static finding => finding.Kind), finding => finding.Kind == s_kinds[name]);
            Assert.Equal(named.Kind == "held-while-waiting" ? FindingCertainty.Suspected : FindingCertainty.Proved, named.Certainty);
            Assert.True(named.Goroutines.Count != 0 || named.Site.Contains("Bugs.Buggy.cs", StringComparison.Ordinal) || named.Site.Contains("KnownBugTests.cs", StringComparison.Ordinal), named.Site);
            return;
        }

        Assert.Fail($"No schedule of {MostSeeds} hangs.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Fixed_IsSilent(string name)
    {
        KnownBug bug = Bug(name);
        for (int seed = 1; seed <= SeedsOfFixed; seed++)
        {
            Finding[] found = await RunAsync(bug.Fixed, bug.EarlyTimers, seed, inspectIfDone: seed == 1);
            Assert.True(found.Length == 0, $"seed {seed}: {string.Join(Environment.NewLine, found.Select(static finding => $"{finding} {finding.Detail}"))}");
        }
    }

    /// <summary>Runs a program until nothing of it can go on, and looks at what is left: first as it is, then, if that says nothing certain, with a collection.</summary>
    /// <returns>What was found; nothing if all goroutines have ended.</returns>
    private static async Task<Finding[]> RunAsync(Func<Task> body, bool earlyTimers, int seed, bool inspectIfDone)
    {
        RandomDriver driver = new(seed, earlyTimers);
        Exploration.Begin();
        try
        {
            await using GoRuntime runtime = new(new GoRuntimeOptions { MaxProcs = 1, TimeProvider = driver.Clock, DetectDeadlocks = false, PanicHandler = static _ => { }, Name = "known bug", Driver = driver });
            GoTracking.CountCollected(runtime);
            runtime.Spawn(body);
            await driver.AtRest.WaitAsync(Limits.Wait);
            if (runtime.Count == 0 && !inspectIfDone)
            {
                return [];
            }

            Finding[] found = [.. await GoFindings.FindAsync(runtime, Planted.AtOnce)];
            return found.Length != 0 ? found : [.. (await GoLeaks.FindAsync(runtime, Planted.AtOnce)).Findings];
        }
        finally
        {
            Exploration.End();
        }
    }

    private static KnownBug Bug(string name) => s_bugs.Single(bug => bug.Name == name);
}
