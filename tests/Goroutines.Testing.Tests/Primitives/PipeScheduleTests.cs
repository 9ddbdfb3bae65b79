using Goroutines.Net;
using Xunit;

#pragma warning disable CA2022 // what one read takes is what the tests look at

namespace Goroutines.Testing.Tests.Primitives;

/// <summary>In-memory connections in virtual time, and in every schedule.</summary>
public class PipeScheduleTests
{
    [Fact]
    public void SilentPeer_InVirtualTime_TheDeadlinePasses() => GoTest.Run(static async () =>
    {
        (Conn client, Conn server) = Conn.Pipe();
        DateTimeOffset begun = Go.Now;
        client.ReadDeadline = begun + TimeSpan.FromHours(1);
        Go.Spawn(async () =>
        {
            await server.ReadAsync(new byte[100]); // and never answers
            await server.ReadAsync(new byte[100]);
        });
        await client.WriteAsync("hello"u8.ToArray());
        IOException exception = await Assert.ThrowsAsync<IOException>(async () => await client.ReadAsync(new byte[100]));
        Assert.IsType<TimeoutException>(exception.InnerException);
        Assert.Equal(TimeSpan.FromHours(1), Go.Now - begun);
        client.Dispose();
        server.Dispose();
    });

    [Fact]
    public void Echo_InVirtualTime_TakesNone() => GoTest.Run(static async () =>
    {
        (Conn client, Conn server) = Conn.Pipe();
        DateTimeOffset begun = Go.Now;
        Goroutine echo = Go.Run(async () =>
        {
            byte[] buffer = new byte[3];
            int count;
            while ((count = await server.ReadAsync(buffer)) != 0)
            {
                await Go.SleepAsync(TimeSpan.FromSeconds(1));
                await server.WriteAsync(buffer.AsMemory(0, count));
            }
        });
        byte[] got = new byte[10];
        for (int i = 0; i < 10; i++)
        {
            Task write = client.WriteAsync(new byte[3]).AsTask();
            await client.ReadExactlyAsync(got.AsMemory(0, 3));
            await write;
        }

        client.Dispose();
        await echo;
        Assert.Equal(TimeSpan.FromSeconds(10), Go.Now - begun);
    });

    [Fact]
    public void NobodyWrites_InVirtualTime_IsADeadlock() => Assert.Throws<DeadlockException>(static () => GoTest.Run(static async () =>
    {
        (Conn client, _) = Conn.Pipe();
        await client.ReadAsync(new byte[1]);
    }));

    [Fact]
    public void TwoWriters_InEverySchedule_AreWhole()
    {
        HashSet<string> seen = [];
        ExploreResult result = GoTest.Explore(async () =>
        {
            (Conn one, Conn other) = Conn.Pipe();
            Goroutine a = Go.Run(async () => await one.WriteAsync("aa"u8.ToArray()));
            Goroutine b = Go.Run(async () => await one.WriteAsync("bb"u8.ToArray()));
            byte[] got = new byte[4];
            int count = 0;
            while (count < 4)
            {
                count += await other.ReadAsync(got.AsMemory(count, Math.Min(1, 4 - count)));
            }

            await a;
            await b;
            string text = System.Text.Encoding.ASCII.GetString(got);
            Assert.True(text is "aabb" or "bbaa", text);
            seen.Add(text);
        });
        Assert.Equal(["aabb", "bbaa"], seen.Order());
        _ = result;
    }

    [Fact]
    public void CloseAgainstAWrite_InEverySchedule_OneOfThreeThings()
    {
        HashSet<string> seen = [];
        _ = GoTest.Explore(async () =>
        {
            (Conn one, Conn other) = Conn.Pipe();
            Goroutine<string> writer = Go.Run(async () =>
            {
                try
                {
                    await one.WriteAsync(new byte[2]);
                    return "written";
                }
                catch (IOException)
                {
                    return "shut";
                }
            });
            Goroutine<int> reader = Go.Run(async () => await other.ReadAsync(new byte[2]));
            Goroutine closer = Go.Run(async () =>
            {
                await Go.Yield();
                other.CloseRead();
            });
            await closer;
            string outcome = $"{await writer} {await reader}";
            Assert.True(outcome is "written 2" or "shut 0", outcome);
            seen.Add(outcome);
        });
        Assert.Equal(["shut 0", "written 2"], seen.Order());
    }
}
