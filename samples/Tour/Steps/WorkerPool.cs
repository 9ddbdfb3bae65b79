using System.Diagnostics;
using System.Security.Cryptography;
using Goroutines;

namespace Tour.Steps;

/// <summary>Work shared among as many goroutines as there are processors.</summary>
internal sealed class WorkerPool : Step
{
    private const int Jobs = 2000;
    private const int JobSize = 64 * 1024;

    internal override string Title => "A worker pool";

    internal override string Shows =>
        $"{Jobs} blocks of {JobSize / 1024} KiB are hashed by one goroutine alone, then by one for each processor.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var data = new byte[JobSize];
        Random.Shared.NextBytes(data);

        var workers = Math.Max(2, Go.MaxProcs);
        await HashAllAsync(data, workers); // compiled and warm before it is timed
        var (alone, _, _) = await HashAllAsync(data, 1);
        var (together, done, distinct) = await HashAllAsync(data, workers);

        findings.Fact("one worker", Format.Time(alone));
        findings.Fact($"{workers} workers", $"{Format.Time(together)}, {alone / together:F2} times as fast");
        findings.Fact("jobs done by each", string.Join(", ", done));
        findings.Check("every job done once", done.Sum() == Jobs && distinct == Jobs);
    });

    private static async ValueTask<(TimeSpan Elapsed, int[] Done, int Distinct)> HashAllAsync(byte[] data, int workers)
    {
        var clock = Stopwatch.StartNew();
        var jobs = new Chan<int>(workers);
        var results = new Chan<int>(Jobs);

        var pool = new Goroutine<int>[workers];
        for (var i = 0; i < workers; i++)
        {
            pool[i] = Go.Run(async () =>
            {
                var done = 0;
                await foreach (var job in jobs)
                {
                    SHA256.HashData(data);
                    await results.SendAsync(job);
                    done++;
                }

                return done;
            });
        }

        for (var job = 0; job < Jobs; job++)
        {
            await jobs.SendAsync(job);
        }

        jobs.Close();

        var counts = new int[workers];
        for (var i = 0; i < workers; i++)
        {
            counts[i] = await pool[i];
        }

        var elapsed = clock.Elapsed;
        results.Close();

        var distinct = new HashSet<int>();
        await foreach (var job in results)
        {
            distinct.Add(job);
        }

        return (elapsed, counts, distinct.Count);
    }
}
