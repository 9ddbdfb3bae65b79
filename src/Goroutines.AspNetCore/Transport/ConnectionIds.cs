namespace Goroutines.AspNetCore.Transport;

/// <summary>Ids of connections: thirteen letters and digits that count up, as the framework's do.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    /// <summary>Where the count begins: ids of one process differ from those of the one before.</summary>
#pragma warning disable RS0030 // no clock of a runtime's: a seed
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
