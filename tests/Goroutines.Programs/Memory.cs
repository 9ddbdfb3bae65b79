namespace Goroutines.Programs;

/// <summary>Programs that use up a small heap (DOTNET_GCHeapHardLimit) and then do what needs memory.</summary>
internal static class Memory
{
    internal static (string Name, Action Run)[] All { get; } = [("unlinkable-token", UnlinkableToken)];

    /// <summary>A receive that can't be linked with its token fails, and no receiver is left behind that would take a value.</summary>
    private static void UnlinkableToken()
    {
        // The first round makes the code and the literals, which need memory, too.
        int failures = 0;
        int wrong = 0;
        for (int round = 0; round < 2; round++)
        {
            try
            {
                (failures, wrong) = ReceiveWithoutMemory();
            }
            catch (OutOfMemoryException) when (round == 0)
            {
            }
        }

        Require(failures != 0, "there was no memory");
        Require(wrong == 0, "a receive that failed takes no value, and any other does");
    }

    private static (int Failures, int Wrong) ReceiveWithoutMemory()
    {
        // Each channel has a waiter in reserve, so that only what links it with the token needs memory.
        using var source = new CancellationTokenSource();
        var channels = new Chan<int>[20];
        for (int i = 0; i < channels.Length; i++)
        {
            channels[i] = new Chan<int>();
            ValueTask<Received<int>> receive = channels[i].ReceiveAsync();
            Require(channels[i].TrySend(i), "a receiver that waits gets the value");
            receive.GetAwaiter().GetResult();
        }

        object? hoard = UseUp();
        int failures = 0;
        int wrong = 0;
        foreach (Chan<int> channel in channels)
        {
            bool failed;
            try
            {
                failed = channel.ReceiveAsync(source.Token).IsFaulted;
            }
            catch (OutOfMemoryException)
            {
                failed = true;
            }

            failures += failed ? 1 : 0;
            wrong += channel.TrySend(1) == failed ? 1 : 0;
        }

        GC.KeepAlive(hoard);
        return (failures, wrong);
    }

    private static object? UseUp()
    {
        object? hoard = null;
        for (int size = 1 << 20; size != 0; size /= 8) // few of each: near the limit each costs a collection
        {
            try
            {
                while (true)
                {
                    hoard = new object?[] { hoard, new byte[size] };
                }
            }
            catch (OutOfMemoryException)
            {
            }
        }

        return hoard;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            Environment.FailFast($"It does not hold that {what}.");
        }
    }
}
