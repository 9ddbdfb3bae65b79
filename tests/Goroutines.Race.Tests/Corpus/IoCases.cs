using Goroutines.Net;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What io_test.go of Go's race detector checks: what goes through a file or a connection orders.</summary>
[GoFile("io_test.go")]
internal static class IoCases
{
    internal static async Task NoRaceIOFile()
    {
        int x = 0;
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Go.Spawn(() =>
        {
            x = 42;
            File.WriteAllText(path, "done");
        });
        try
        {
            while (!File.Exists(path) || File.ReadAllText(path).Length == 0)
            {
                await Go.SleepAsync(Moment);
            }

            Use(x);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A server and its client, over a connection in memory, where an exploration chooses the order.</summary>
    internal static async Task NoRaceIOHttp()
    {
        int data = 0;
        (Conn client, Conn server) = Conn.Pipe();
        await using Conn ends = client;
        Go.Spawn(async () =>
        {
            await using Conn own = server;
            byte[] request = new byte[1];
            while (await own.ReadAsync(request) != 0)
            {
                data++;
                await own.WriteAsync(request);
            }
        });
        byte[] buffer = [1];
        for (int i = 0; i < 2; i++)
        {
            data++;
            await client.WriteAsync(buffer);
            await client.ReadExactlyAsync(buffer);
        }

        data++;
        client.CloseWrite();
    }
}
