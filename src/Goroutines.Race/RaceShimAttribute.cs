namespace Goroutines.Race;

/// <summary>Marks a class whose methods replace those of a type of the framework. They have the same names and parameters, the receiver
/// first; a method <c>New</c> replaces a constructor.</summary>
/// <param name="type">The type of the framework.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RaceShimAttribute(Type type) : Attribute
{
    /// <summary>Gets the type of the framework.</summary>
    public Type Type => type;
}
