using Goroutines;

namespace LinkCheck;

/// <summary>Counts the progress of the crawl, and shows it as one line in a terminal. Any goroutine may count.</summary>
internal sealed class Progress
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    private int _found;
    private int _checked;
    private int _broken;
    private int _underWay;
    private int _mostUnderWay;

    /// <summary>Gets the largest number of concurrent requests so far.</summary>
    internal int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    internal void Found() => Interlocked.Increment(ref _found);

    internal void Checked(Outcome outcome)
    {
        Interlocked.Increment(ref _checked);
        if (outcome == Outcome.Broken)
        {
            Interlocked.Increment(ref _broken);
        }
    }

    internal void Begin()
    {
        int now = Interlocked.Increment(ref _underWay);
        for (int most = MostUnderWay; now > most; most = MostUnderWay)
        {
            Interlocked.CompareExchange(ref _mostUnderWay, now, most);
        }
    }

    internal void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>Shows the line, ten times a second, until the work has ended. Then removes it.</summary>
    internal async ValueTask<T> ShowWhileAsync<T>(TextWriter terminal, Func<ValueTask<T>> work)
    {
        Goroutine<T> working = Go.Run(work);
        using var ticker = new Ticker(s_period);
        var select = new Select();
        ReceiveCase<DateTimeOffset> tick = select.Receive(ticker.C);
        select.Join(working);
        while (await select.WaitAsync() == tick.Index)
        {
            terminal.Write($"\r\e[K{this}");
        }

        terminal.Write("\r\e[K");
        return await working;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        int found = Volatile.Read(ref _found), done = Volatile.Read(ref _checked), broken = Volatile.Read(ref _broken);
        return $"{done} of {found} checked, {Volatile.Read(ref _underWay)} under way{(broken > 0 ? $", {broken} broken" : "")}";
    }
}
