namespace Goroutines.Race;

/// <summary>Makes the race detector leave out the accesses to a field, or those in a method, a type or an assembly.</summary>
/// <param name="reason">Why they are right.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Assembly)]
public sealed class RaceIgnoreAttribute(string reason) : Attribute
{
    /// <summary>Gets why they are right.</summary>
    public string Reason => reason;
}
