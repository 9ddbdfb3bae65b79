using System.Reflection;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>The ports of the programs that Go checks its race detector with.</summary>
internal static class GoCorpus
{
    internal static IReadOnlyList<GoCase> All { get; } =
    [
        .. from type in typeof(GoCorpus).Assembly.GetTypes()
           let file = type.GetCustomAttribute<GoFileAttribute>()
           where file is not null
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where !method.IsPrivate && !method.Name.StartsWith('<') && method.ReturnType == typeof(Task)
           orderby file.File, method.Name
           select new GoCase(file.File, $"Test{method.Name}", method.CreateDelegate<Func<Task>>()),
    ];

    internal static GoCase Find(string name) => All.Single(candidate => candidate.Name == name);
}

/// <summary>One program.</summary>
/// <param name="File">Go's file.</param>
/// <param name="Name">Go's function.</param>
/// <param name="Body">The port.</param>
internal sealed record GoCase(string File, string Name, Func<Task> Body)
{
    internal bool CollectsGarbage => Body.Method.IsDefined(typeof(CollectsGarbageAttribute), inherit: false);

    internal bool HasRace => Name.StartsWith("TestRace", StringComparison.Ordinal);
}
