namespace Goroutines.Conformance.Tests.Chan;

/// <summary>What the sieves have to find.</summary>
internal static class Primes
{
    public static IReadOnlyList<int> BelowHundred { get; } =
        [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];
}
