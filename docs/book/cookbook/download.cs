#:project ../../../src/Goroutines/Goroutines.csproj

using System.Net;
using Goroutines;

await Go.Run(async () =>
{
    DirectoryInfo folder = Directory.CreateTempSubdirectory("downloads-");
    try
    {
        using var client = new HttpClient(new FakeServer());
        Uri[] files = [.. Enumerable.Range(1, 8).Select(i => new Uri($"http://files.example/{i}.bin"))];
        await Downloader.RunAsync(client, files, folder.FullName, parallel: 3, ShowAsync);
        Console.WriteLine($"{folder.GetFiles("*.bin").Length} files, {folder.GetFiles().Sum(file => file.Length)} bytes on disk");

        try
        {
            await Downloader.RunAsync(client, [.. files, new Uri("http://files.example/missing")], folder.FullName, parallel: 3, IgnoreAsync);
        }
        catch (HttpRequestException exception)
        {
            Console.WriteLine($"failed: {(int?)exception.StatusCode}, and {folder.GetFiles("*.part").Length} unfinished files are left");
        }
    }
    finally
    {
        folder.Delete(recursive: true);
    }
});

static async ValueTask ShowAsync(Receiver<long> progress)
{
    long most = 0;
    DateTimeOffset next = DateTimeOffset.MinValue;
    await foreach (long bytes in progress)
    {
        most = long.Max(most, bytes);                // from several downloads at once: one may come after a later one
        if (Go.Now >= next)
        {
            next = Go.Now + TimeSpan.FromMilliseconds(100);
            Console.Error.Write($"\r{most} bytes");
        }
    }

    Console.Error.WriteLine();
    Console.WriteLine($"received {most} bytes");
}

static async ValueTask IgnoreAsync(Receiver<long> progress)
{
    await foreach (long _ in progress)
    {
    }
}

internal static class Downloader
{
    // Downloads all, `parallel` at a time, each to a .part file that gets its name when it is whole. `show` receives the bytes so far, as they grow.
    // The first failure stops the rest, and is rethrown when nothing runs any more.
    public static async ValueTask RunAsync(
        HttpClient client, IReadOnlyList<Uri> files, string folder, int parallel, Func<Receiver<long>, ValueTask> show, CancellationToken cancellationToken = default)
    {
        var progress = new Chan<long>(capacity: 1);
        Goroutine shower = Go.Run(show, progress.Receiver);
        try
        {
            long total = 0;
            var group = new ErrGroup(cancellationToken) { Limit = parallel };
            foreach (Uri file in files)
            {
                await group.SpawnAsync(() => OneAsync(client, file, folder, Report, group.CancellationToken), cancellationToken);
            }

            await group.WaitAsync();
            await new Select().AndSend(progress, total).AndJoin(shower).WaitAsync(cancellationToken);        // or the display has failed

            void Report(int bytes)
            {
                long now = Interlocked.Add(ref total, bytes);
                progress.TrySend(now);               // a display that is busy misses some, and delays no download
            }
        }
        finally
        {
            progress.Close();
            await shower;
        }
    }

    private static async ValueTask OneAsync(HttpClient client, Uri file, string folder, Action<int> report, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, Path.GetFileName(file.LocalPath));
        string part = path + ".part";
        try
        {
            using HttpResponseMessage response = await client.GetAsync(file, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            await using Stream source = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using (FileStream target = File.Create(part))
            {
                var buffer = new byte[16 * 1024];
                while (await source.ReadAsync(buffer, cancellationToken) is > 0 and int count)
                {
                    await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                    report(count);
                }
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}

// Stands in for the network.
internal sealed class FakeServer : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return request.RequestUri!.LocalPath == "/missing"
            ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : new HttpResponseMessage { Content = new ByteArrayContent(new byte[100_000]) };
    }
}
