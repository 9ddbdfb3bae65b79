#:project ../src/Goroutines/Goroutines.csproj

// Bounded work with an ErrGroup: at most three of twelve downloads run at a time. In the second round one fails: the group's
// token stops the others, and the wait throws what it threw.
// Prints how many were ever active at once, then who failed and that nobody finished after it.

using Goroutines;

Go.Main(async () =>
{
    Console.WriteLine(await DownloadAsync(failing: -1));
    Console.WriteLine(await DownloadAsync(failing: 4));
});

static async Task<string> DownloadAsync(int failing)
{
    var group = new ErrGroup { Limit = 3 };
    var active = 0;
    var most = 0;
    var done = 0;
    var guard = new GoMutex();

    for (var page = 0; page < 12; page++)
    {
        var number = page;
        await group.SpawnAsync(async () =>
        {
            using (await guard.LockAsync())
            {
                most = Math.Max(most, ++active);
            }

            // Throws when another one has failed.
            await Go.SleepAsync(TimeSpan.FromMilliseconds(number == failing ? 1 : 20), group.CancellationToken);
            if (number == failing)
            {
                throw new InvalidOperationException($"page {number} is missing");
            }

            using (await guard.LockAsync())
            {
                active--;
                done++;
            }
        });
    }

    try
    {
        await group.WaitAsync();
        return $"{done} pages, {most} at a time";
    }
    catch (InvalidOperationException failure)
    {
        return $"{failure.Message}; {(done < 12 ? "the others were stopped" : "the others had finished")}";
    }
}
