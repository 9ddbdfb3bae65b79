namespace Goroutines.AspNetCore.Transport;

/// <summary>Creates the ids of connections: thirteen letters and digits that count up, like the framework's.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    /// <summary>The last id. It starts at the current time, so that the ids of a process differ from those of the one before.</summary>
#pragma warning disable RS0030 // only a seed, which needs no runtime's clock
    private static long s_last = DateTime.UtcNow.Ticks;
#pragma warning restore RS0030

    internal static string Next() => string.Create(13, Interlocked.Increment(ref s_last), static (text, id) =>
    {
        for (int i = text.Length - 1; i >= 0; i--, id >>= 5)
        {
            text[i] = Digits[(int)(id & 31)];
        }
    });
}
