namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <content>Series made of numbers.</content>
internal sealed partial class Series<TItem, TWire>
{
    /// <summary>c + c x + c x² + …, which is c / (1 − x).</summary>
    public static Series<TItem, TWire> Repeat(Rational c) => Start(async series =>
    {
        while (true)
        {
            await series.Give(c);
        }
    });

    /// <summary>The polynomial with these coefficients, that of x⁰ first.</summary>
    public static Series<TItem, TWire> Polynomial(params Rational[] coefficients) => Start(async series =>
    {
        foreach (Rational coefficient in coefficients)
        {
            await series.Give(coefficient);
        }

        await series.End();
    });

    /// <summary>c xⁿ.</summary>
    public static Series<TItem, TWire> Monomial(Rational c, int n) => Polynomial([.. Enumerable.Repeat(Rational.Zero, n), c]);

    /// <summary>(1 + x)ᶜ, which ends when c is a natural number.</summary>
    public static Series<TItem, TWire> Binomial(Rational c) => Start(async series =>
    {
        Rational coefficient = Rational.One;
        for (int n = 1; coefficient != Rational.Zero; n++)
        {
            await series.Give(coefficient);
            coefficient = coefficient * c * Rational.Over(1, n);
            c -= Rational.One;
        }

        await series.End();
    });
}
