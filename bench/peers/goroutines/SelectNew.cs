namespace Goroutines.Peers;

/// <summary>selectnew: as select2, with a new <see cref="Select"/> for each round.</summary>
internal static class SelectNew
{
    public static async ValueTask RunAsync(int n)
    {
        var a = new Chan<int>();
        var b = new Chan<int>();
        foreach (var ch in (Chan<int>[])[a, b])
        {
            Go.Spawn(async () =>
            {
                for (var i = 0; i < n / 2; i++)
                {
                    await ch.SendAsync(i);
                }
            });
        }

        var sum = 0L;
        for (var i = 0; i < n; i++)
        {
            var select = new Select();
            var fromA = select.Receive(a);
            var fromB = select.Receive(b);
            sum += await select.WaitAsync() == 0 ? fromA.Value : fromB.Value;
        }
        var half = (long)n / 2;
        if (sum != half * (half - 1))
        {
            throw new InvalidOperationException("selectnew: values lost");
        }
    }
}
