namespace Goroutines.Peers;

/// <summary>ring: 503 goroutines pass a token from each to the next. An operation is one pass.</summary>
internal static class Ring
{
    private const int Size = 503;

    public static async ValueTask RunAsync(int n)
    {
        var first = new Chan<int>();
        var wg = new WaitGroup();
        wg.Add(Size);
        var into = first;
        for (var i = 0; i < Size; i++)
        {
            var outOf = i < Size - 1 ? new Chan<int>() : first;
            Go.Spawn(PassAsync, into, outOf, wg);
            into = outOf;
        }
        await first.SendAsync(n);
        await wg.WaitAsync();
    }

    /// <summary>Counts the token down; from 0 on it goes round once more and ends every goroutine.</summary>
    private static async ValueTask PassAsync(Chan<int> into, Chan<int> outOf, WaitGroup ended)
    {
        while (true)
        {
            var token = await into.TakeAsync();
            if (token > -Size + 1)
            {
                await outOf.SendAsync(token - 1);
            }
            if (token <= 0)
            {
                ended.Done();
                return;
            }
        }
    }
}
