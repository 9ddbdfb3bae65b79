using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Provides names for channels and locks, which reports show beside their numbers.</summary>
/// <remarks>Safe to use from any thread. A name lives as long as its object, which it does not keep alive. Objects without a name pay
/// nothing.</remarks>
public static class GoNames
{
    /// <summary>Names an object.</summary>
    /// <param name="target">A <see cref="Chan{T}"/>, <see cref="GoMutex"/>, <see cref="GoRWMutex"/>, <see cref="WaitGroup"/> or another object that goroutines wait for.</param>
    /// <param name="name">The name, or <see langword="null"/> to remove it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="target"/> is not something that goroutines wait for.</exception>
    public static void Set(object target, string? name)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target is not IWaitable)
        {
            throw new ArgumentException($"No goroutine waits for a {target.GetType().Name}: name the channel or the lock itself.", nameof(target));
        }

        ObjectNames.SetName(target, name);
    }

    /// <summary>Returns the name of an object.</summary>
    /// <param name="target">The object.</param>
    /// <returns>The name, or <see langword="null"/> if it has none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is <see langword="null"/>.</exception>
    public static string? Get(object target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return ObjectNames.NameOf(target);
    }
}
