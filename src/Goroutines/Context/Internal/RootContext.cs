namespace Goroutines.Context;

/// <summary>A context without a parent: one that never ends, or that a framework token ends.</summary>
internal sealed class RootContext(string name, CancelSource? source) : GoContext(null, source)
{
    private protected override string Step => "context." + name;
}
