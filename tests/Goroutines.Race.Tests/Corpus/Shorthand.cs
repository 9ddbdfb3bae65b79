namespace Goroutines.Race.Tests.Corpus;

/// <summary>What the ports of Go's programs have in common.</summary>
internal static class Shorthand
{
    internal static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads a variable, which the compiler must not leave out.</summary>
    internal static void Use<T>(T value) => GC.KeepAlive(value);

    /// <summary>Starts a goroutine that never waits, without a stack of its own.</summary>
    internal static void Spawn(Action body) => Go.Spawn(() =>
    {
        body();
        return ValueTask.CompletedTask;
    });

    /// <summary>A goroutine takes one step beside the caller's, and signals that it has; the caller waits for that.</summary>
    internal static async Task Beside(Action others, Action own)
    {
        Chan<bool> done = new(1);
        Go.Spawn(async () =>
        {
            others();
            await done.SendAsync(true);
        });
        own();
        await done.ReceiveAsync();
    }

    /// <summary>Go's <c>select</c> with a send and a receive.</summary>
    internal static async ValueTask SendOrReceive<T, TOther>(Chan<T> channel, T value, Chan<TOther> other)
    {
        Select select = new();
        select.Send(channel, value);
        select.Receive(other);
        await select.WaitAsync();
    }

    /// <summary>Go's <c>select</c> with two sends.</summary>
    internal static async ValueTask<int> SendOrSend<T, TOther>(Chan<T> channel, T value, Chan<TOther> other, TOther otherValue)
    {
        Select select = new();
        select.Send(channel, value);
        select.Send(other, otherValue);
        return await select.WaitAsync();
    }

    /// <summary>Go's <c>select</c> with two receives.</summary>
    internal static async ValueTask<T> ReceiveOrReceive<T, TOther>(Chan<T> channel, Chan<TOther> other)
    {
        Select select = new();
        ReceiveCase<T> received = select.Receive(channel);
        select.Receive(other);
        await select.WaitAsync();
        return received.Value;
    }

    /// <summary>Go's <c>select</c> with a receive and a send.</summary>
    internal static async ValueTask<T> ReceiveOrSend<T, TOther>(Chan<T> channel, Chan<TOther> other, TOther otherValue)
    {
        Select select = new();
        ReceiveCase<T> received = select.Receive(channel);
        select.Send(other, otherValue);
        await select.WaitAsync();
        return received.Value;
    }

    /// <summary>Waits for so many signals.</summary>
    internal static async ValueTask Drain(Chan<bool> done, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await done.ReceiveAsync();
        }
    }
}
