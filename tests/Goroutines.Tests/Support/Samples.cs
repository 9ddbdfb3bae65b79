using CsCheck;

namespace Goroutines.Tests.Support;

/// <summary>Random sequences of operations, checked by CsCheck, which shrinks a failing one and prints its seed (<c>CsCheck_Seed</c>).</summary>
internal static class Samples
{
    /// <summary>One step of a sequence: what to do, to what, with what.</summary>
    internal readonly record struct Step(int Kind, int Target, int Value);

    /// <summary>Checks sequences of up to <paramref name="length"/> steps on the calling thread.</summary>
    public static void Check(int kinds, int targets, int length, int samples, Action<Step[]> run)
    {
        Gen<Step> step = Gen.Select(Gen.Int[0, kinds - 1], Gen.Int[0, targets - 1], Gen.Int[0, 99], static (kind, target, value) => new Step(kind, target, value));
        step.Array[1, length].Sample(run, iter: Load.Times(samples), threads: 1, print: static steps => string.Join(", ", steps));
    }
}
