using System.IO.Pipelines;
using System.Net;
using Goroutines.Net;
using Goroutines.Tests.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>The network with every thread of the framework's pool busy. On the scheduler's poller: the framework's sockets need the pool.</summary>
[Collection(AloneCollection.Name)]
public class ThreadPoolTests : NetContract
{
    private protected override NetBackend Backend => Epoll;

    /// <summary>Runs the body while the pool's threads, and those that it adds, are all blocked; a work item that is queued last must not have run by its end.</summary>
    private static void WithoutPool(Func<Task> body, GoRuntimeOptions? options = null)
    {
        const int Items = 64; // the pool adds one or two threads a second
        using var release = new ManualResetEventSlim();
        using var ended = new CountdownEvent(Items);
        for (int i = 0; i < Items; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    release.Wait();
                    ended.Signal();
                },
                null);
        }

        bool marked = false;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Volatile.Write(ref marked, true), null);
        var runtime = new GoRuntime(options ?? new GoRuntimeOptions { MaxProcs = 2 });
        try
        {
            // A thread that is no pool's waits for a goroutine.
            Task running = PlainThread.Run(() => runtime.Run(body).Join());
            Assert.True(running.Wait(Limits.Wait), "The body did not end without the pool.");
            Assert.False(Volatile.Read(ref marked), "The pool was not busy: the test shows nothing.");
        }
        finally
        {
            release.Set();
            ended.Wait();
            _ = runtime.DisposeAsync();
        }
    }

    /// <summary>The assertions of xunit continue on the pool.</summary>
    private static async Task<bool> TimesOut(Func<Task> operation)
    {
        try
        {
            await operation();
            return false;
        }
        catch (IOException exception)
        {
            return exception.InnerException is TimeoutException;
        }
    }

    [Fact]
    public void Goroutines_PoolIsBusy_DialReadAndWrite()
    {
        _ = Backend;
        WithoutPool(async () =>
        {
            using Listener listener = Listen();
            int port = ((IPEndPoint)listener.LocalEndPoint).Port;
            foreach (string address in (string[])[$"127.0.0.1:{port}", $"localhost:{port}", $":{port}"])
            {
                Goroutine<Conn> accept = Go.Run(async () => await listener.AcceptAsync());
                using Conn client = await DialAsync(address);
                using Conn server = await accept;
                await server.WriteAsync(new byte[3]);
                byte[] got = new byte[3];
                await client.ReadExactlyAsync(got);
                server.ReadDeadline = DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(5);
                Assert.True(await TimesOut(async () => await server.ReadAsync(got)));
                server.ReadDeadline = null;
                server.ReadTimeout = 5;
                Assert.True(await TimesOut(async () => await Go.Run(() => { server.ReadByte(); })));
                server.ReadTimeout = Timeout.Infinite;
            }
        });
    }

    /// <summary>The framework's readers and writers, whose async methods await each other without a context. With one worker: if a task is completed
    /// by another thread just when it is awaited that way, the framework itself takes the pool.</summary>
    [Fact]
    public void ReadersAndWriters_PoolIsBusy_GoOn()
    {
        _ = Backend;
        WithoutPool(
            async () =>
            {
                using Listener listener = Listen();
                Goroutine<Conn> accept = Go.Run(async () => await listener.AcceptAsync());
                using Conn client = await DialAsync(listener.LocalEndPoint.ToString()!);
                using Conn server = await accept;
                Goroutine echo = Go.Run(async () =>
                {
                    PipeReader reader = PipeReader.Create(server);
                    PipeWriter writer = PipeWriter.Create(server);
                    while (await reader.ReadAsync() is { IsCompleted: false } read)
                    {
                        foreach (ReadOnlyMemory<byte> part in read.Buffer)
                        {
                            await writer.WriteAsync(part);
                        }

                        reader.AdvanceTo(read.Buffer.End);
                    }
                });

                using (var reader = new StreamReader(client, leaveOpen: true))
                await using (var writer = new StreamWriter(client, leaveOpen: true) { NewLine = "\n" })
                {
                    for (int i = 0; i < 50; i++)
                    {
                        await writer.WriteLineAsync($"line {i}");
                        await writer.FlushAsync();
                        Assert.Equal($"line {i}", await reader.ReadLineAsync());
                    }
                }

                client.CloseWrite();
                await echo;
            },
            new GoRuntimeOptions { MaxProcs = 1, MaxThreads = 1 });
    }

    [Fact]
    public void ManyThreads_PoolIsBusy_DialSynchronously()
    {
        _ = Backend;
        WithoutPool(() =>
        {
            using Listener listener = Listen();
            int port = ((IPEndPoint)listener.LocalEndPoint).Port;
            Thread[] threads = [.. Enumerable.Range(0, 20).Select(i => new Thread(() => Conn.Dial(i % 2 == 0 ? $"localhost:{port}" : $"127.0.0.1:{port}", Backend).Dispose()) { IsBackground = true })];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            foreach (Thread thread in threads)
            {
                Assert.True(thread.Join(Limits.Wait), "A dial did not end.");
            }

            return Task.CompletedTask;
        });
    }
}
