using System.Diagnostics;

namespace Goroutines;

/// <summary>Describes what a parked goroutine waits for, and who holds it, at one moment. Immutable.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class WaitObjectInfo
{
    internal WaitObjectInfo(string kind, long id, string? name, string type, IReadOnlyList<long> holders)
    {
        Kind = kind;
        Id = id;
        Name = name;
        Type = type;
        Holders = holders;
    }

    /// <summary>Gets the kind of the object: <c>channel</c>, <c>select</c>, <c>mutex</c>, <c>rwmutex</c>, <c>waitgroup</c>, <c>once</c>,
    /// <c>cond</c>, <c>semaphore</c>, <c>singleflight</c>, <c>barrier</c>, <c>scope</c>, <c>goroutine</c>, <c>timer</c> or
    /// <c>socket</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets a number that no other object of the kind has in this process. For a goroutine, it is the goroutine's id.</summary>
    public long Id { get; }

    /// <summary>Gets the name that <see cref="GoNames.Set"/> gave it, or <see langword="null"/> if it has none.</summary>
    public string? Name { get; }

    /// <summary>Gets its type, as written in C#.</summary>
    public string Type { get; }

    /// <summary>Gets the ids of the goroutines of the same runtime that it waits for: those that hold the lock, run the action, are joined or belong
    /// to the group. It is empty if there are none or they are not known: the holders of mutexes are known only while they are tracked.</summary>
    public IReadOnlyList<long> Holders { get; }

    /// <summary>Returns the object on one line.</summary>
    /// <returns>Its kind, number and name.</returns>
    public override string ToString() => Name is null ? $"{Kind} {Id}" : $"{Kind} {Id} \"{Name}\"";
}
