using Goroutines;
using Goroutines.Testing;

namespace MiniRedis.Tests;

public sealed class SessionTests
{
    private const string Nil = "$-1\r\n";
    private const string NoArray = "*-1\r\n";

    private readonly Database _database = new();
    private readonly PubSub _channels = new();

    [Fact]
    public void Commands_SplitAtAnyByte_AreUnderstood() => GoTest.Run(async () =>
    {
        const string Pipeline = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n";
        var client = NewClient();
        for (int split = 1; split < Pipeline.Length; split++)
        {
            Goroutine sender = Go.Run(async () =>
            {
                await client.SendAsync(Pipeline[..split]);
                await client.SendAsync(Pipeline[split..]);
            });
            await client.ExpectAsync("+OK\r\n$4\r\na\r\nb\r\n+PONG\r\n");
            await sender;
        }

        await client.CloseAsync();
    });

    [Theory]
    [InlineData("*1\r\n$-5\r\n")]
    [InlineData("*1\r\n$999999999999\r\n")]
    [InlineData("*99999999\r\n")]
    [InlineData("*1\r\n+PING\r\n")]
    public void Nonsense_IsToldSo_AndEndsTheSession(string bytes) => GoTest.Run(async () =>
    {
        var client = NewClient();
        await client.SendAsync(bytes);
        await client.ExpectAsync("-ERR Protocol error: ");
        await client.CloseAsync();
        Assert.True(client.Session.IsCompleted);
    });

    [Fact]
    public void Set_WithAnEnd_IsGoneThen() => GoTest.Run(async () =>
    {
        var client = NewClient();
        await client.AskAsync("SET k v EX 3600", "+OK\r\n");
        await client.AskAsync("SET other v EX 3600", "+OK\r\n");
        await client.AskAsync("PERSIST other", ":1\r\n");
        await Go.SleepAsync(TimeSpan.FromSeconds(3599));
        await client.AskAsync("GET k", "$1\r\nv\r\n");
        await client.AskAsync("TTL k", ":1\r\n");
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        _database.RemoveExpired();
        Assert.Equal(1, _database.Count);
        await client.AskAsync("GET k", Nil);
        await client.AskAsync("GET other", "$1\r\nv\r\n");
        await client.CloseAsync();
    });

    [Fact]
    public void Set_AnewManyTimes_KeepsNoOldEnds() => GoTest.Run(async () =>
    {
        var client = NewClient();
        for (int i = 0; i < 3000; i++)
        {
            await client.AskAsync($"SET k {i % 10} EX {3600 + i}", "+OK\r\n");
        }

        Assert.InRange(_database.Scheduled, 1, 1100);
        await Go.SleepAsync(TimeSpan.FromSeconds(6598));
        _database.RemoveExpired();
        Assert.Equal(1, _database.Count);
        await Go.SleepAsync(TimeSpan.FromSeconds(1));
        _database.RemoveExpired();
        Assert.Equal(0, _database.Count);
        await client.CloseAsync();
    });

    [Fact]
    public void BlockingPop_NothingComes_EndsAtItsTime() => GoTest.Run(async () =>
    {
        var client = NewClient();
        DateTimeOffset begun = Go.Now;
        await client.AskAsync("BLPOP a b 10", NoArray);
        Assert.Equal(TimeSpan.FromSeconds(10), Go.Now - begun);
        await client.CloseAsync();
    });

    [Fact]
    public void BlockingPop_SeveralWait_AreServedInOrder() => GoTest.Run(async () =>
    {
        Client first = NewClient(), second = NewClient(), pusher = NewClient();
        await first.SendAsync("BLPOP other list 0\r\n");
        await GoTest.WaitAsync();
        await second.SendAsync("BRPOP list 0\r\n");
        await GoTest.WaitAsync();
        await pusher.AskAsync("RPUSH list a b c", ":3\r\n");
        await first.ExpectAsync("*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
        await second.ExpectAsync("*2\r\n$4\r\nlist\r\n$1\r\nc\r\n");
        await pusher.AskAsync("LRANGE list 0 -1", "*1\r\n$1\r\nb\r\n");
        await first.CloseAsync();
        await second.CloseAsync();
        await pusher.CloseAsync();
    });

    [Fact]
    public void BlockingPop_Cancelled_TakesNothing() => GoTest.Run(async () =>
    {
        Client waiting = NewClient(), pusher = NewClient();
        await waiting.SendAsync("BLPOP list 0\r\n");
        await GoTest.WaitAsync();
        await waiting.CancelAsync();
        await pusher.AskAsync("RPUSH list a", ":1\r\n");
        await pusher.AskAsync("LLEN list", ":1\r\n");
        await pusher.CloseAsync();
    });

    [Fact]
    public void BlockingPop_ClientHasGone_TakesNothing() => GoTest.Run(async () =>
    {
        Client waiting = NewClient(), pusher = NewClient();
        await waiting.SendAsync("BLPOP list 0\r\n");
        await GoTest.WaitAsync();
        await waiting.CloseAsync();
        await pusher.AskAsync("RPUSH list a", ":1\r\n");
        await pusher.AskAsync("LLEN list", ":1\r\n");
        await pusher.CloseAsync();
    });

    [Fact]
    public void BlockingPop_CommandsSentMeanwhile_AreAnsweredAfterIt() => GoTest.Run(async () =>
    {
        Client waiting = NewClient(), pusher = NewClient();
        await waiting.SendAsync("BLPOP list 0\r\n");
        await GoTest.WaitAsync();
        await waiting.SendAsync("PING\r\nBLPOP list 0\r\nPING\r\n");
        await GoTest.WaitAsync();
        await pusher.AskAsync("RPUSH list a", ":1\r\n");
        await waiting.ExpectAsync("*2\r\n$4\r\nlist\r\n$1\r\na\r\n+PONG\r\n");
        await pusher.AskAsync("RPUSH list b", ":1\r\n");
        await waiting.ExpectAsync("*2\r\n$4\r\nlist\r\n$1\r\nb\r\n+PONG\r\n");
        await waiting.CloseAsync();
        await pusher.CloseAsync();
    });

    // Whichever comes first, the push or the end of the connection: once the session has ended, nothing is handed to it.
    [Fact]
    public void BlockingPop_PushAsTheClientGoes_TakesOneItemAtMost() => GoTest.Explore(async () =>
    {
        var database = new Database();
        var waiting = new Client(database, new PubSub());
        await waiting.SendAsync("BLPOP list 0\r\n");
        Goroutine pushing = Go.Run(() => Push("a"));
        await waiting.CloseAsync();
        await pushing;
        Push("b");
        lock (database.Lock)
        {
            string left = string.Concat(Enumerable.Range(0, 2).Select(_ => database.Pop("list", first: true)).OfType<byte[]>().Select(System.Text.Encoding.Latin1.GetString));
            Assert.True(left is "ab" or "b", $"The list holds {left}.");
        }

        void Push(string item)
        {
            lock (database.Lock)
            {
                database.Push("list", [System.Text.Encoding.Latin1.GetBytes(item)], first: false);
            }
        }
    }, new ExploreOptions { Schedules = 300 });

    // Whatever comes first, the push or the time-out: the item is either in the answer or still in the list.
    [Fact]
    public void BlockingPop_PushAtItsTimeout_LosesNothing() => GoTest.Explore(async () =>
    {
        var database = new Database();
        var channels = new PubSub();
        var waiting = new Client(database, channels);
        Goroutine pusher = Go.Run(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromSeconds(1));
            lock (database.Lock)
            {
                database.Push("list", ["a"u8.ToArray()], first: false);
            }
        });
        await waiting.SendAsync("BLPOP list 1\r\n");
        await pusher;
        await GoTest.WaitAsync();
        bool left;
        lock (database.Lock)
        {
            left = database.Find("list") is not null;
        }

        await waiting.ExpectAsync(left ? NoArray : "*2\r\n$4\r\nlist\r\n$1\r\na\r\n");
        await waiting.CloseAsync();
    }, new ExploreOptions { Schedules = 300, EarlyTimers = true });

    [Fact]
    public void Publish_SubscriberDoesNotRead_IsDisconnected() => GoTest.Run(async () =>
    {
        var subscriber = NewClient();
        await subscriber.AskAsync("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
        int reached = 1;
        for (int i = 0; i < 2000 && reached == 1; i++)
        {
            reached = _channels.Publish("news", "x"u8.ToArray());
            await GoTest.WaitAsync();
        }

        Assert.Equal(0, reached);
        Assert.True(subscriber.Session.IsCompleted);
        await subscriber.CloseAsync();
    });

    [Fact]
    public void Publish_TwoSubscribers_BothGetItInOrder() => GoTest.Run(async () =>
    {
        Client first = NewClient(), second = NewClient(), publisher = NewClient();
        foreach (Client subscriber in new[] { first, second })
        {
            await subscriber.AskAsync("SUBSCRIBE news", "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
        }

        await publisher.AskAsync("PUBLISH news 1", ":2\r\n");
        await publisher.AskAsync("PUBLISH news 2", ":2\r\n");
        foreach (Client subscriber in new[] { first, second })
        {
            await subscriber.ExpectAsync("*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n1\r\n*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\n2\r\n");
            await subscriber.AskAsync("UNSUBSCRIBE", "*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n");
            await subscriber.CloseAsync();
        }

        await publisher.AskAsync("PUBLISH news 3", ":0\r\n");
        await publisher.CloseAsync();
    });

    private Client NewClient() => new(_database, _channels);
}
