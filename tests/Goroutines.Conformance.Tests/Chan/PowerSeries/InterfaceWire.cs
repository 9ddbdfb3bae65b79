namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>As objects behind an interface.</summary>
internal readonly struct InterfaceWire : IWire<InterfaceWire.IItem>
{
    internal interface IItem;

    public static IItem Wrap(Rational coefficient) => new Item(coefficient);

    public static Rational Unwrap(IItem item) => ((Item)item).Coefficient;

    private sealed record Item(Rational Coefficient) : IItem;
}
