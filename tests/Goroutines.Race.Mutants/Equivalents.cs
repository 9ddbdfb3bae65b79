namespace Goroutines.Race.Mutants;

/// <summary>Mutants without a data race: what the call orders is no access to memory, or is ordered otherwise.</summary>
internal static class Equivalents
{
    private const string NothingGuarded = "it guards nothing that goroutines share";
    private const string NothingFollows = "nothing that follows it uses what the goroutines do";

    private static readonly (string Program, string Call, string Reason)[] s_all =
    [
        ("double lock", "", "there is one goroutine"),
        ("missing unlock on an early return", "", "there is one goroutine"),
        ("AB-BA", "", NothingGuarded),
        ("read lock", "", NothingGuarded),
        ("dining philosophers", "", NothingGuarded),
        ("semaphore", "", NothingGuarded),
        ("lock held across", "", NothingGuarded),
        ("lost signal of a condition", "LockAsync", "waiting for a condition without its lock throws"),
        ("wait for a group inside the loop", "", NothingFollows),
        ("done left out", "", NothingFollows),
        ("select with a lost default", "", NothingFollows),
        ("loop variable shared", "WaitAsync", "the goroutines share a concurrent collection"),
        ("GoKer", "WaitGroup.WaitAsync", NothingFollows),
        ("cockroach_4407", "LockAsync", "counting up is atomic"),
        ("grpc_1748", "LockAsync", NothingGuarded),
        ("grpc_3090", "LockAsync", "what it guards is written before the goroutine begins"),
        ("LinkCheck", "AcquireAsync", "it limits a number"),
    ];

    internal static string? ReasonFor(string program, string call)
        => s_all.Where(known => program.Contains(known.Program, StringComparison.Ordinal) && call.Contains(known.Call, StringComparison.Ordinal)).Select(static known => known.Reason).FirstOrDefault();
}
