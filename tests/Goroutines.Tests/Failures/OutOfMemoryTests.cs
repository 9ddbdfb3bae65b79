using System.Runtime.CompilerServices;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Failures;

/// <summary>
/// An operation that finds no memory throws, and has done nothing; what it was done to goes on working. Each program runs in a process with a
/// small heap, uses it up, tries, frees it, and tries again: a lock that was left held would hang it.
/// </summary>
public class OutOfMemoryTests
{
    private static readonly (string, string)[] s_smallHeap = [("DOTNET_GCHeapHardLimit", "0x6000000")];

    [Fact]
    public async Task Buffer_ThatCannotGrow_FailsTheSendAndNothingElse()
    {
        Child.Result child = await Child.RunAsync(
            this,
            static () =>
            {
                foreach (Action<Chan<Big>> send in (Action<Chan<Big>>[])[
                    static channel => channel.TrySend(default),
                    static channel => channel.Send(default),
                    static channel => new Select().Send(channel, default, out _).Wait(),
                    static channel => new Select().Send(channel, default, out _).Send(channel, default, out _).TryWait(out _)])
                {
                    var channel = new Chan<Big>(int.MaxValue);
                    int sent = 0;
                    try
                    {
                        while (true)
                        {
                            send(channel);
                            sent++;
                        }
                    }
                    catch (OutOfMemoryException)
                    {
                    }

                    Require(channel.Count == sent, "every send that succeeded is in the buffer, and no other");
                    Require(channel.TryReceive(out Received<Big> received) && received.Ok, "a receive works");
                    Require(channel.TrySend(default), "a send works where there is room");
                    channel.Close();
                    while (channel.TryReceive(out received) && received.Ok)
                    {
                        sent--;
                    }

                    Require(sent == 0, "the channel is drained");
                }

                return 0;
            },
            s_smallHeap);
        Assert.True(child.ExitCode == 0, child.ToString());
    }

    [Fact]
    public async Task Token_ThatCannotBeLinked_FailsTheReceive_AndLeavesNoReceiverBehind()
    {
        (int code, string output, string error) = await ChildProgram.RunAsync("unlinkable-token", s_smallHeap);
        Assert.True(code == 0, $"exit code {code}: {output}{error}");
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            Environment.FailFast($"It does not hold that {what}.");
        }
    }

    [InlineArray(1024)]
    private struct Big
    {
        private byte _first;
    }
}
