using Xunit;

namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>Series whose first coefficients are known.</summary>
internal static class SeriesChecks<TItem, TWire>
    where TWire : IWire<TItem>
{
    private static readonly Dictionary<string, (Func<Series<TItem, TWire>> Make, Rational[] Expected)> s_checks = new()
    {
        ["ones"] = (Ones, Repeated(1)),
        ["sum"] = (() => Ones() + Twos(), Repeated(3)),
        ["sum of finite"] = (() => Series<TItem, TWire>.Polynomial(1, 2) + Series<TItem, TWire>.Polynomial(1, 1, 1), [2, 3, 1, Rational.End, Rational.End]),
        ["difference"] = (() => Ones() - Twos(), Repeated(-1)),
        ["multiple"] = (() => Twos().Times(-1), Repeated(-2)),
        ["product"] = (() => Ones() * Ones(), Naturals()),
        ["product of finite"] = (() => Series<TItem, TWire>.Polynomial(1, 1) * Series<TItem, TWire>.Polynomial(1, -1), [1, 0, -1, Rational.End, Rational.End]),
        ["derivative"] = (() => Ones().Derivative(), Naturals()),
        ["derivative of finite"] = (() => Series<TItem, TWire>.Polynomial(7, 1, 3).Derivative(), [1, 6, Rational.End, Rational.End]),
        ["integral"] = (() => Ones().Integral(0), [0, .. Enumerable.Range(1, 9).Select(static n => Rational.Over(1, n))]),
        ["exponential"] = (() => Ones().Exponential(),
        [
            1, 1, Rational.Over(3, 2), Rational.Over(13, 6), Rational.Over(73, 24), Rational.Over(167, 40),
            Rational.Over(4051, 720), Rational.Over(37633, 5040), Rational.Over(43817, 4480), Rational.Over(4596553, 362880),
        ]),
        ["arctangent"] = (() => Ones().OfMonomial(-1, 2).Integral(0),
            [0, 1, 0, Rational.Over(-1, 3), 0, Rational.Over(1, 5), 0, Rational.Over(-1, 7), 0, Rational.Over(1, 9)]),
        ["monomial"] = (() => Series<TItem, TWire>.Monomial(5, 2).TimesXToThe(1), [0, 0, 0, 5, Rational.End, Rational.End]),
        ["binomial"] = (() => Series<TItem, TWire>.Binomial(3), [1, 3, 3, 1, Rational.End, Rational.End]),
        ["square root"] = (() => Series<TItem, TWire>.Binomial(Rational.Over(1, 2)) * Series<TItem, TWire>.Binomial(Rational.Over(1, 2)), [1, 1, 0, 0, 0, 0, 0, 0]),
        ["reciprocal"] = (() => Series<TItem, TWire>.Polynomial(2, -2).Reciprocal(), [.. Enumerable.Repeat(Rational.Over(1, 2), 10)]),
        ["substitution"] = (() => Ones().Of(Series<TItem, TWire>.Polynomial(0, 1, 1)), [1, 1, 2, 3, 5, 8, 13, 21, 34, 55]),
    };

    public static IEnumerable<string> Names => s_checks.Keys;

    /// <summary>Reads one of the series.</summary>
    public static Task Run(string name) => GoProgram.RunAsync(() =>
    {
        var (make, expected) = s_checks[name];
        return Check(make(), expected);
    });

    /// <summary>The two halves of a split, one read far ahead of the other and then the other way round.</summary>
    public static Task RunSplit() => GoProgram.RunAsync(async () =>
    {
        var (first, second) = (Ones() * Ones()).Split();
        Rational[] naturals = [.. Enumerable.Range(1, 40).Select(static n => (Rational)n)];
        await Check(first, naturals[..20]);
        await Check(second, naturals[..5]);
        await Check(first, naturals[20..25]);
        await Check(second, naturals[5..40]);
        await Check(first, naturals[25..30]);
    });

    private static async Task Check(Series<TItem, TWire> series, Rational[] expected)
    {
        Rational[] coefficients = new Rational[expected.Length];
        for (int i = 0; i < coefficients.Length; i++)
        {
            coefficients[i] = await series.NextAsync();
        }

        Assert.Equal(expected, coefficients);
    }

    private static Series<TItem, TWire> Ones() => Series<TItem, TWire>.Repeat(1);

    private static Series<TItem, TWire> Twos() => Series<TItem, TWire>.Repeat(2);

    private static Rational[] Repeated(long number) => [.. Enumerable.Repeat((Rational)number, 10)];

    private static Rational[] Naturals() => [.. Enumerable.Range(1, 10).Select(static n => (Rational)n)];
}
