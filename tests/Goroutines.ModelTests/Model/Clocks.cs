using System.Numerics;

namespace Goroutines.ModelTests.Model;

/// <summary>Vector clocks: by actor, how many of its steps one knows of.</summary>
internal static class Clocks
{
    internal static void Join(int[] clock, int[] other)
    {
        for (int i = 0; i < clock.Length; i += Vector<int>.Count)
        {
            Vector.Max(new Vector<int>(clock, i), new Vector<int>(other, i)).CopyTo(clock, i);
        }
    }
}
