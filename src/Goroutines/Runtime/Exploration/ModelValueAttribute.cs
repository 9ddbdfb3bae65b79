namespace Goroutines.Runtime;

/// <summary>Gives a limit the value that it has in the model tests, where it is to be reached within a few steps.</summary>
/// <remarks>For static properties whose getter is a constant: <c>internal static uint Capacity => 256;</c>. The compiler would copy a constant field
/// into the methods that use it; a call of such a getter is replaced by its value when it is compiled to machine code. eng/ModelRewriter gives the getter
/// another body in its copy of the library, and fails where it can't, or where the property is not used. What ships is untouched.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ModelValueAttribute(int value) : Attribute
{
    internal int Value => value;
}
