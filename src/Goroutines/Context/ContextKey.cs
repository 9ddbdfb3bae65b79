namespace Goroutines;

/// <summary>The key of a value in a <see cref="GoContext"/>. Two keys are different even with the same name.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>Keep the key in a static field, private to the code that may read and set the value.</remarks>
public sealed class ContextKey<T>
{
    /// <summary>Creates a key.</summary>
    /// <param name="name">The name of the key in the context's description.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public ContextKey(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>Gets the name of the key.</summary>
    public string Name { get; }

    /// <summary>The name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
