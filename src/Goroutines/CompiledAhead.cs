using Goroutines.Channels;

namespace Goroutines;

/// <summary>Names the generic code that the package brings compiled ahead of time. Nothing calls it.</summary>
/// <remarks>
/// When the package is made, generic code is compiled for the types that it is found in use with. For other types the JIT compiles it in the user's
/// process, and slowly running code first. Here it is found in use with the types that programs mostly send. All reference types share the code of
/// one of them.
/// </remarks>
internal static class CompiledAhead
{
    internal static async Task ForCommonTypes(CancellationToken token)
    {
        await For(false, token);
        await For(0, token);
        await For(0L, token);
        await For(0.0, token);
        await For(default(Unit), token);
        await For(new object(), token);
    }

    private static async Task For<T>(T value, CancellationToken token)
    {
        Chan<T> channel = new(1);
        await channel.SendAsync(value, token);
        channel.TrySend(value);
        channel.Send(value);
        await channel.ReceiveAsync(token);
        channel.TryReceive(out _);
        channel.Receive();
        await channel.TakeAsync(token);
        await channel.Sender.SendAsync(value, token);
        await channel.Receiver.ReceiveAsync(token);
        await foreach (T _ in channel)
        {
        }

        Select select = new();
        select.Receive(channel);
        select.Receive(channel.Receiver, out ReceiveCase<T> received);
        select.Send(channel, value, out SendCase<T> sent);
        sent.Value = received.Value;
        await select.WaitAsync(token);
        select.TryWait(out _);
        channel.Close();

        await Go.Run(() => ValueTask.FromResult(value));
        await Go.Run(() => Task.FromResult(value));
        await Go.Run(() => value);
        await new OnceValue<T>(() => value).GetAsync(token);
        Wait(received.Arm as ChannelArm<T>, null!);
    }

    /// <summary>What a select calls by its base class, so that it is not seen to be in use.</summary>
    private static void Wait<T>(ChannelArm<T>? arm, SelectWait pending)
    {
        uint sum = 0;
        if (arm is { IsNil: false, LockOrder: > 0, ChannelObject: not null, Index: >= 0 } && arm.TryAddVersion(ref sum))
        {
            arm.MakeWaiter(pending);
            arm.Rebind(pending);
            arm.MakeRoom();
            arm.Lock();
            arm.Dequeue();
            arm.Unlock();
        }
    }
}
