using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>Numbers and names of objects that goroutines wait for. They are kept beside the objects, so that objects that have
/// neither pay nothing.</summary>
internal static class ObjectNames
{
    private static readonly ConditionalWeakTable<object, Entry> s_entries = [];
    private static long s_last;

    /// <summary>Returns a number that no other object of its kind has. It is assigned when it is first requested.</summary>
    internal static long NumberOf(object target) => s_entries.GetValue(target, static _ => new Entry()).Number;

    internal static string? NameOf(object target) => s_entries.TryGetValue(target, out Entry? entry) ? Volatile.Read(ref entry.Name) : null;

    internal static void SetName(object target, string? name) => Volatile.Write(ref s_entries.GetValue(target, static _ => new Entry()).Name, name);

    private sealed class Entry
    {
        internal readonly long Number = Interlocked.Increment(ref s_last);
        internal string? Name;
    }
}
