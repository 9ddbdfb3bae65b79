namespace Goroutines.Peers;

/// <summary>select2: a select loop over two rendezvous channels, each with a sender.</summary>
internal static class Select2
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

        var select = new Select();
        var fromA = select.Receive(a);
        var fromB = select.Receive(b);
        var sum = 0L;
        for (var i = 0; i < n; i++)
        {
            switch (await select.WaitAsync())
            {
                case 0:
                    sum += fromA.Value;
                    break;
                case 1:
                    sum += fromB.Value;
                    break;
            }
        }
        var half = (long)n / 2;
        if (sum != half * (half - 1))
        {
            throw new InvalidOperationException("select2: values lost");
        }
    }
}
