namespace Goroutines.ModelTests.Model;

/// <summary>Vector clocks: by actor, how many of its steps one knows of.</summary>
internal static class Clocks
{
    internal static void Join(int[] clock, int[] other)
    {
        for (int i = 0; i < clock.Length; i++)
        {
            if (other[i] > clock[i])
            {
                clock[i] = other[i];
            }
        }
    }
}
