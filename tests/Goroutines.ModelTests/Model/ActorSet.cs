using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Goroutines.ModelTests.Model;

/// <summary>A set of actors.</summary>
internal readonly struct ActorSet(Vector256<ulong> bits)
{
    private readonly Vector256<ulong> _bits = bits;

    internal static ActorSet None => default;

    internal bool IsEmpty => _bits == Vector256<ulong>.Zero;

    internal static ActorSet Of(int actor) => new(Vector256<ulong>.Zero.WithElement(actor / 64, 1ul << (actor % 64)));

    internal bool Contains(int actor) => (_bits.GetElement(actor / 64) & (1ul << (actor % 64))) != 0;

    /// <summary>The lowest actor of a set that is not empty.</summary>
    internal int Lowest()
    {
        int word = 0;
        while (_bits.GetElement(word) == 0)
        {
            word++;
        }

        return (64 * word) + BitOperations.TrailingZeroCount(_bits.GetElement(word));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ActorSet Without(int actor) => this & ~Of(actor);

    public static ActorSet operator &(ActorSet a, ActorSet b) => new(a._bits & b._bits);

    public static ActorSet operator |(ActorSet a, ActorSet b) => new(a._bits | b._bits);

    public static ActorSet operator ~(ActorSet a) => new(~a._bits);

    public static bool operator ==(ActorSet a, ActorSet b) => a._bits == b._bits;

    public static bool operator !=(ActorSet a, ActorSet b) => a._bits != b._bits;

    public override bool Equals(object? other) => other is ActorSet set && this == set;

    public override int GetHashCode() => _bits.GetHashCode();
}
