namespace Goroutines.Runtime;

/// <summary>Specifies the value that a limit has in the model tests, where it has to be reached within a few steps.</summary>
/// <remarks>For static properties whose getter is a constant: <c>internal static uint Capacity => 256;</c>. The compiler would copy a constant field into
/// the methods that use it, whereas a call of such a getter is replaced by its value when it is compiled to machine code. eng/ModelRewriter gives the
/// getter another body in its copy of the library, and fails if it can't or if the property is not used. What ships is untouched.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ModelValueAttribute(int value) : Attribute
{
    internal int Value => value;
}
