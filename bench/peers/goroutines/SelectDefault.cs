namespace Goroutines.Peers;

/// <summary>selectdefault: non-blocking select over two empty channels.</summary>
internal static class SelectDefault
{
    public static ValueTask RunAsync(int n)
    {
        var select = new Select();
        select.Receive(new Chan<int>());
        select.Receive(new Chan<int>());
        for (var i = 0; i < n; i++)
        {
            if (select.TryWait(out _))
            {
                throw new InvalidOperationException("selectdefault: received from an empty channel");
            }
        }
        return ValueTask.CompletedTask;
    }
}
