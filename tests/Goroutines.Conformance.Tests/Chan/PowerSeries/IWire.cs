namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>How coefficients travel through channels of <typeparamref name="TItem"/>.</summary>
internal interface IWire<TItem>
{
    static abstract TItem Wrap(Rational coefficient);

    static abstract Rational Unwrap(TItem item);
}
