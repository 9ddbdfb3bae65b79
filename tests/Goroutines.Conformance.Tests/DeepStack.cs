namespace Goroutines.Conformance.Tests;

/// <summary>Uses much of a goroutine's or thread's stack for a moment, as Go's tests do to make a stack grow.</summary>
internal static class DeepStack
{
    /// <summary>Calls itself with a kilobyte of variables each time.</summary>
    public static int Take(int depth)
    {
        Span<byte> pad = stackalloc byte[1024];
        pad.Fill((byte)depth);
        return depth == 0 ? pad[0] : pad[^1] + Take(depth - 1);
    }
}
