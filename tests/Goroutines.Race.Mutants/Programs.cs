using Goroutines.Race.Tests.Corpus;
using Goroutines.Testing.Tests.KnownBugs;

namespace Goroutines.Race.Mutants;

/// <summary>The programs that are mutated: all are right as they are.</summary>
public static class Programs
{
    /// <summary>Gets the programs by name.</summary>
    public static IReadOnlyList<(string Name, Func<Task> Body)> All { get; } =
    [
        .. from bug in (KnownBug[])[.. LockBugs.All, .. WaitBugs.All, .. ChannelBugs.All, .. MixedBugs.All, .. OrderBugs.All] select ($"known bug, mended: {bug.Name}", bug.Fixed),
        .. from kernel in GoKer.All select ($"GoKer, mended: {kernel.Key}", (Func<Task>)(() => kernel.Value(true))),
        .. from sample in Samples.All select ($"sample: {sample.Name}", sample.Body),
    ];
}
