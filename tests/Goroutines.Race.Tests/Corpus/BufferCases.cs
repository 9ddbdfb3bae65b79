using System.Text;
using Microsoft.Win32.SafeHandles;
using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What mop_test.go of Go's race detector checks of buffers that are read into and handed on without a copy, and of loops over what a channel gives.</summary>
[GoFile("mop_test.go")]
internal static class BufferCases
{
    private const string Text = "Friends, Romans, countrymen, lend me your ears; I come to bury Caesar, not to praise him.";

    private static string FilePath => Path.Combine(AppContext.BaseDirectory, "Goroutines.Race.Tests.runtimeconfig.json");

    internal static async Task NoRaceRangeIssue5446()
    {
        Chan<int> channel = new(3);
        int[] a = [1, 2, 3];
        int[] b = [4];
        for (int i = 0; i < b.Length; i++)
        {
            a[1] = b[i];
            await channel.SendAsync(i);
        }

        channel.Close();
    }

    internal static async Task RaceIssue5567()
    {
        await using FileStream file = File.OpenRead(FilePath);
        await HandOn((buffer, _) => file.Read(buffer, 0, buffer.Length), static chunk => Use(Sum(chunk)));
    }

    internal static async Task RaceIssue51618()
    {
        using SafeFileHandle file = File.OpenHandle(FilePath);
        await HandOn((buffer, offset) => RandomAccess.Read(file, buffer, offset), static chunk => Use(Sum(chunk)));
    }

    internal static async Task RaceIssue5654()
    {
        MemoryStream data = new(Encoding.UTF8.GetBytes(Text));
        await HandOn((buffer, _) => data.Read(buffer), static chunk => Use(Encoding.UTF8.GetString(chunk)));
    }

    /// <summary>A goroutine reads into one buffer again and again, and hands over what it has read. The race is on the buffer.</summary>
    private static async Task HandOn(Func<byte[], int, int> read, Action<ArraySegment<byte>> use)
    {
        Chan<ArraySegment<byte>> chunks = new();
        Go.Spawn(async () =>
        {
            byte[] buffer = new byte[17];
            int total = 0;
            for (int n = read(buffer, total); n > 0; n = read(buffer, total))
            {
                total += n;
                await chunks.SendAsync(new ArraySegment<byte>(buffer, 0, n));
            }

            chunks.Close();
        });
        await foreach (ArraySegment<byte> chunk in chunks)
        {
            use(chunk);
        }
    }

    private static int Sum(ReadOnlySpan<byte> chunk)
    {
        int sum = 0;
        foreach (byte value in chunk)
        {
            sum += value;
        }

        return sum;
    }
}
