namespace Goroutines.Race;

/// <summary>Makes the race detector ignore the accesses to a field, or those in a method, a type or an assembly.</summary>
/// <param name="reason">The reason why the accesses are correct.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Assembly)]
public sealed class RaceIgnoreAttribute(string reason) : Attribute
{
    /// <summary>Gets the reason why the accesses are correct.</summary>
    public string Reason => reason;
}
