using System.Globalization;

namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>A fraction in lowest terms with a positive denominator; or, with a denominator of zero, the end of a series.</summary>
internal readonly record struct Rational
{
    private Rational(long numerator, long denominator)
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    /// <summary>Comes after the last coefficient of a series that has one.</summary>
    public static Rational End => default;

    public static Rational Zero => new(0, 1);

    public static Rational One => new(1, 1);

    public long Numerator { get; }

    public long Denominator { get; }

    public bool IsEnd => Denominator == 0;

    public static implicit operator Rational(long number) => new(number, 1);

    public static Rational operator +(Rational left, Rational right)
    {
        long common = GreatestDivisor(left.Denominator, right.Denominator);
        long scale = right.Denominator / common;
        return Over(checked((left.Numerator * scale) + (right.Numerator * (left.Denominator / common))), checked(left.Denominator * scale));
    }

    public static Rational operator -(Rational value) => new(checked(-value.Numerator), value.Denominator);

    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <remarks>Reduced before multiplying, so that the product overflows only if it has to.</remarks>
    public static Rational operator *(Rational left, Rational right)
    {
        Rational one = Over(left.Numerator, right.Denominator);
        Rational other = Over(right.Numerator, left.Denominator);
        return new(checked(one.Numerator * other.Numerator), checked(one.Denominator * other.Denominator));
    }

    public static Rational Over(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        long divisor = Math.Sign(denominator) * GreatestDivisor(numerator, denominator);
        return new(numerator / divisor, denominator / divisor);
    }

    public Rational Inverse() => Over(Denominator, Numerator);

    public override string ToString() => IsEnd ? "end"
        : Denominator == 1 ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static long GreatestDivisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return Math.Abs(left);
    }
}
