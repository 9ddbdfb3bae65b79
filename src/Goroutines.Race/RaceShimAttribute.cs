namespace Goroutines.Race;

/// <summary>Marks a class whose methods stand in for those of a type of the framework: same name and parameters, the receiver first; <c>New</c> for constructors.</summary>
/// <param name="type">The type of the framework.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RaceShimAttribute(Type type) : Attribute
{
    /// <summary>Gets the type of the framework.</summary>
    public Type Type => type;
}
