using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Goroutines.Race;

/// <summary>Replaces the members of <see cref="Lazy{T}"/>: the end of the factory comes before all that follows <see cref="Lazy{T}.Value"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Lazy<>))]
public static class LazyShims
{
    /// <inheritdoc cref="Lazy{T}(Func{T})"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    public static Lazy<T> New<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(Func<T> valueFactory)
        => New(valueFactory, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <inheritdoc cref="Lazy{T}(Func{T}, bool)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    public static Lazy<T> New<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(Func<T> valueFactory, bool isThreadSafe)
        => New(valueFactory, isThreadSafe ? LazyThreadSafetyMode.ExecutionAndPublication : LazyThreadSafetyMode.None);

    /// <inheritdoc cref="Lazy{T}(Func{T}, LazyThreadSafetyMode)"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    public static Lazy<T> New<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(Func<T> valueFactory, LazyThreadSafetyMode mode)
    {
        ArgumentNullException.ThrowIfNull(valueFactory);
        Lazy<T>? lazy = null;
        return lazy = new Lazy<T>(
            () =>
            {
                T value = valueFactory();
                FrameworkSync.Release(lazy);
                return value;
            },
            mode);
    }

    /// <summary>Replaces <see cref="Lazy{T}.Value"/>.</summary>
    /// <param name="self">The lazy value.</param>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <returns>The value.</returns>
    public static T Value<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(Lazy<T> self)
    {
        T value = self.Value;
        FrameworkSync.Acquire(self);
        return value;
    }
}
