using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/ken/chan.go</c>: streams of numbers through channels with goroutines at both ends that send, receive, or do
/// several of these in one select, in every combination, through buffers of several sizes.
/// </summary>
public class CommunicationTests
{
    private const int Numbers = 76;

    [Theory(DisplayName = "go: test/ken/chan.go")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public Task Streams_DirectAndInSelects_ArriveCompleteAndInOrder(int capacity) => Isolated.GoAsync(async () =>
    {
        int seed = Seed.Get(nameof(Streams_DirectAndInSelects_ArriveCompleteAndInOrder));
        Random random = new(seed);

        await Run(4, streams => [.. streams.Select(Sending), .. streams.Select(Receiving)]);
        await Run(4, streams => [.. streams.Select(Sending), Selecting(sends: [], receives: streams)]);
        await Run(4, streams => [.. streams.Select(Receiving), Selecting(sends: streams, receives: [])]);
        await Run(4, streams => [Selecting(sends: streams, receives: []), Selecting(sends: [], receives: streams)]);
        await Run(8, streams => [Selecting(streams[..4], streams[4..]), Selecting(streams[4..], streams[..4])]);
        await Run(12, streams =>
        [
            .. streams[4..8].Select(Sending),
            .. streams[8..].Select(Receiving),
            Selecting(sends: streams[..4], receives: streams[4..8]),
            Selecting(sends: streams[8..], receives: streams[..4]),
        ]);

        async Task Run(int count, Func<Stream[], Func<Task>[]> roles)
        {
            Stream[] streams = [.. Enumerable.Range(0, count).Select(_ => new Stream(capacity))];
            List<Goroutine> goroutines = [.. roles(streams).Select(role => Go.Run(role))];
            foreach (Goroutine goroutine in goroutines)
            {
                await goroutine;
            }

            Assert.All(streams, static stream => Assert.Equal((Numbers, Numbers, 0), (stream.Sent, stream.Received, stream.Channel.Count)));
        }

        Func<Task> Sending(Stream stream) => async () =>
        {
            while (stream.Sent < Numbers)
            {
                await Pause(10);
                await stream.Channel.SendAsync(stream.Sent);
                stream.Sent++;
            }
        };

        Func<Task> Receiving(Stream stream) => async () =>
        {
            while (stream.Received < Numbers)
            {
                await Pause(10);
                stream.Take((await stream.Channel.ReceiveAsync()).Value);
            }
        };

        // Both ends of it make their streams nil when they are done; with none left there is nothing to wait for.
        Func<Task> Selecting(Stream[] sends, Stream[] receives) => async () =>
        {
            var select = new Select();
            ReceiveCase<int>[] receiving = [.. receives.Select(stream => select.Receive(stream.Channel))];
            SendCase<int>[] sending = [.. sends.Select(stream => select.Send(stream.Channel, stream.Sent))];
            for (int open = sends.Length + receives.Length; open > 0;)
            {
                await Pause(5);
                int index = await select.WaitAsync();
                if (index < receiving.Length)
                {
                    receives[index].Take(receiving[index].Value);
                    if (receives[index].Received == Numbers)
                    {
                        receiving[index].Channel = default;
                        open--;
                    }
                }
                else
                {
                    index -= receiving.Length;
                    sending[index].Value = ++sends[index].Sent;
                    if (sends[index].Sent == Numbers)
                    {
                        sending[index].Channel = default;
                        open--;
                    }
                }
            }
        };

        async ValueTask Pause(int most)
        {
            int yields;
            lock (random)
            {
                yields = random.Next(most);
            }

            for (int i = 0; i <= yields; i++)
            {
                await Go.Yield();
            }
        }
    });

    /// <summary>A channel, with what its one sender has sent and its one receiver has got.</summary>
    private sealed class Stream(int capacity)
    {
        public Chan<int> Channel { get; } = new(capacity);

        public int Sent { get; set; }

        public int Received { get; private set; }

        public void Take(int value)
        {
            Assert.Equal(Received, value);
            Received++;
        }
    }
}
