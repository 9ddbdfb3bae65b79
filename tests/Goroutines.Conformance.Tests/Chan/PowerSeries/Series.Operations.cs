namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <content>Series made of series. In the comments U = u + x U′ is a series' first coefficient and its rest.</content>
internal sealed partial class Series<TItem, TWire>
{
    public static Series<TItem, TWire> operator +(Series<TItem, TWire> left, Series<TItem, TWire> right) => Start(async sum =>
    {
        while (true)
        {
            await sum.Asked();
            var (u, v) = await NextOfBoth(left, right);
            if (!u.IsEnd && !v.IsEnd)
            {
                await sum.Answer(u + v);
                continue;
            }

            await sum.Answer(u.IsEnd ? v : u);
            await sum.GoOnAs(u.IsEnd ? right : left);
        }
    });

    public static Series<TItem, TWire> operator -(Series<TItem, TWire> left, Series<TItem, TWire> right) => left + right.Times(-Rational.One);

    /// <remarks>U V = u v + x (u V′ + v U′) + x² U′ V′.</remarks>
    public static Series<TItem, TWire> operator *(Series<TItem, TWire> left, Series<TItem, TWire> right) => Start(async product =>
    {
        await product.Asked();
        var (u, v) = await NextOfBoth(left, right);
        if (u.IsEnd || v.IsEnd)
        {
            await product.Answer(Rational.End);
            await product.End();
        }

        await product.Answer(u * v);
        var (restOfLeft, restOfLeft2) = left.Split();
        var (restOfRight, restOfRight2) = right.Split();
        Series<TItem, TWire> crosswise = restOfRight.Times(u) + restOfLeft.Times(v);
        await product.Asked();
        await product.Answer(await crosswise.NextAsync());
        await product.GoOnAs(crosswise + (restOfLeft2 * restOfRight2));
    });

    /// <summary>c U.</summary>
    public Series<TItem, TWire> Times(Rational c) => Map((coefficient, _) => c * coefficient);

    /// <summary>xⁿ U.</summary>
    public Series<TItem, TWire> TimesXToThe(int n) => Start(async series =>
    {
        for (int i = 0; i < n; i++)
        {
            await series.Give(Rational.Zero);
        }

        await series.GoOnAs(this);
    });

    /// <summary>c + x U.</summary>
    public Series<TItem, TWire> After(Rational c) => Start(async series =>
    {
        await series.Give(c);
        await series.GoOnAs(this);
    });

    public Series<TItem, TWire> Derivative() => Start(async series =>
    {
        await series.Asked();
        bool ended = (await NextAsync()).IsEnd;
        await series.Answer(ended ? Rational.End : await NextAsync());
        await series.GoOnAs(Map(static (coefficient, i) => (i + 2) * coefficient));
    });

    /// <summary>The integral whose value at 0 is <paramref name="c"/>.</summary>
    public Series<TItem, TWire> Integral(Rational c) => Map(static (coefficient, i) => coefficient * Rational.Over(1, i + 1)).After(c);

    /// <summary>1 / U; u must not be 0.</summary>
    /// <remarks>With z = 1 / u, the reciprocal Z = z + x Z′ has Z′ = −z U′ (z + x Z′).</remarks>
    public Series<TItem, TWire> Reciprocal() => Start(async series =>
    {
        await series.Asked();
        Rational z = (await NextAsync()).Inverse();
        await series.Answer(z);
        await series.GoOnAs(Fixpoint(rest => Times(-z) * rest.After(z)));
    });

    /// <summary>e to the power of U, whose u is taken to be 0.</summary>
    /// <remarks>The derivative of the power is the power times the derivative of U.</remarks>
    public Series<TItem, TWire> Exponential() => Fixpoint(power => (power * Derivative()).Integral(Rational.One));

    /// <summary>U(V), with a V whose v is taken to be 0.</summary>
    /// <remarks>U(V) = u + x V′ U′(V).</remarks>
    public Series<TItem, TWire> Of(Series<TItem, TWire> inner) => Start(async series =>
    {
        var (rest, again) = inner.Split();
        await series.Asked();
        Rational u = await NextAsync();
        await series.Answer(u);
        if (u.IsEnd || (await rest.NextAsync()).IsEnd)
        {
            await series.End();
        }

        await series.GoOnAs(rest * Of(again));
    });

    /// <summary>U(c xⁿ).</summary>
    public Series<TItem, TWire> OfMonomial(Rational c, int n) => Start(async series =>
    {
        Rational power = Rational.One;
        while (true)
        {
            await series.Asked();
            Rational coefficient = await NextAsync();
            if (coefficient.IsEnd)
            {
                await series.Answer(Rational.End);
                await series.End();
            }

            await series.Answer(coefficient * power);
            power *= c;
            for (int i = 1; i < n; i++)
            {
                await series.Give(Rational.Zero);
            }
        }
    });

    /// <summary>Each coefficient changed by itself, given its number.</summary>
    private Series<TItem, TWire> Map(Func<Rational, int, Rational> change) => Start(async series =>
    {
        for (int i = 0; ; i++)
        {
            await series.Asked();
            Rational coefficient = await NextAsync();
            await series.Answer(coefficient.IsEnd ? Rational.End : change(coefficient, i));
        }
    });
}
