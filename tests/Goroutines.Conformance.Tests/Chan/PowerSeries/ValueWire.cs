namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>As values.</summary>
internal readonly struct ValueWire : IWire<Rational>
{
    public static Rational Wrap(Rational coefficient) => coefficient;

    public static Rational Unwrap(Rational item) => item;
}
