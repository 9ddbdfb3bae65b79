using Goroutines.Net;

namespace MiniRedis;

/// <summary>Clients of the program's own: print what the server answers.</summary>
internal static class Demo
{
    public static async ValueTask RunAsync(string address)
    {
        await using Conn conn = await Conn.DialAsync(address);
        using var reader = new StreamReader(conn, leaveOpen: true);
        string[] session =
        [
            "PING", "SET greeting hello", "GET greeting", "APPEND greeting ,world", "STRLEN greeting", "GET nothing", "SET greeting hi NX", "SET short x PX 60000", "TTL short",
            "INCR visits", "INCRBY visits 41", "INCR greeting", "RPUSH queue a b c", "LPUSH queue z", "LRANGE queue 0 -1", "LPOP queue", "RPOP queue 9", "LLEN queue",
            "GET", "NOSUCH", "RPUSH visits x", "DBSIZE", "DEL greeting visits", "EXPIRE short 0", "EXISTS short",
        ];
        foreach (string command in session)
        {
            await SendAsync(conn, command);
            Console.WriteLine($"{command}: {await ReplyAsync(reader)}");
        }

        // Pipelining: three commands in one write, three replies.
        await SendAsync(conn, "SET n 1\r\nINCR n\r\nGET n");
        Console.WriteLine($"pipelined: {await ReplyAsync(reader)} {await ReplyAsync(reader)} {await ReplyAsync(reader)}");

        await using Conn other = await Conn.DialAsync(address);
        using var otherReader = new StreamReader(other, leaveOpen: true);

        // A blocking pop waits for another client's push.
        await SendAsync(other, "BLPOP first second 0");
        await WaitUntilAsync(conn, reader, "RPUSH second here", "LLEN second", "0");
        Console.WriteLine($"BLPOP: {await ReplyAsync(otherReader)}");
        await SendAsync(other, "BLPOP first 0.01");
        Console.WriteLine($"BLPOP with a time-out: {await ReplyAsync(otherReader)}");

        await SendAsync(other, "SUBSCRIBE news weather");
        Console.WriteLine($"SUBSCRIBE: {await ReplyAsync(otherReader)}, {await ReplyAsync(otherReader)}");
        await SendAsync(conn, "PUBLISH news extra");
        Console.WriteLine($"PUBLISH: {await ReplyAsync(reader)}, and the subscriber got {await ReplyAsync(otherReader)}");
        await SendAsync(other, "UNSUBSCRIBE news");
        Console.WriteLine($"UNSUBSCRIBE: {await ReplyAsync(otherReader)}");

        await SendAsync(conn, "*1\r\n$x");
        Console.WriteLine($"nonsense: {await ReplyAsync(reader)}, then {await reader.ReadLineAsync() ?? "the end"}");
    }

    // Pushes once, then asks until the item is gone: the other client has it.
    private static async ValueTask WaitUntilAsync(Conn conn, StreamReader reader, string push, string ask, string wanted)
    {
        await SendAsync(conn, push);
        await ReplyAsync(reader);
        do
        {
            await SendAsync(conn, ask);
        }
        while (await ReplyAsync(reader) != wanted);
    }

    private static ValueTask SendAsync(Conn conn, string command) => conn.WriteAsync(System.Text.Encoding.Latin1.GetBytes(command + "\r\n"));

    private static async ValueTask<string> ReplyAsync(StreamReader reader)
    {
        string line = await reader.ReadLineAsync() ?? "the end";
        switch (line)
        {
            case "$-1" or "*-1":
                return "nil";
            case ['$', ..]:
                return await reader.ReadLineAsync() ?? "the end";
            case ['*', .. string count]:
                List<string> items = [];
                for (int i = int.Parse(count, System.Globalization.CultureInfo.InvariantCulture); i > 0; i--)
                {
                    items.Add(await ReplyAsync(reader));
                }

                return $"[{string.Join(' ', items)}]";
            default:
                return line is [':' or '+', .. string value] ? value : line;
        }
    }
}
