using System.Diagnostics;
using Goroutines;

namespace Tour.Steps;

/// <summary>Locks that are held across awaits.</summary>
internal sealed class Locks : Step
{
    private const int Users = 100;
    private const int Rounds = 1000;

    internal override string Title => "Locks across awaits";

    internal override string Shows =>
        $"{Users} goroutines count to {Users * Rounds:N0} under a GoMutex, some giving way with the lock in hand; readers share a GoRWMutex.";

    internal override void Run(Findings findings) => Go.Main(async () =>
    {
        var mutex = new GoMutex();
        var count = 0;
        var users = new WaitGroup();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Users; i++)
        {
            users.Spawn(async () =>
            {
                for (var round = 0; round < Rounds; round++)
                {
                    using (await mutex.LockAsync())
                    {
                        var before = count;
                        if (round % 10 == 0)
                        {
                            await Go.Yield();
                        }

                        count = before + 1;
                    }
                }
            });
        }

        await users.WaitAsync();
        findings.Fact("GoMutex, contended", Format.Rate(count, clock.Elapsed));

        var shared = new GoRWMutex();
        var meeting = new WaitGroup();
        meeting.Add(Users);
        for (var i = 0; i < Users; i++)
        {
            users.Spawn(async () =>
            {
                using (await shared.ReadLockAsync())
                {
                    meeting.Done();
                    await meeting.WaitAsync(); // goes on only when all of them hold it
                }
            });
        }

        await users.WaitAsync();
        findings.Fact("GoRWMutex", $"{Users} readers at once");
        findings.Check("no update was lost", count == Users * Rounds);
        findings.Check("both are free again", mutex.TryLock(out _) && shared.TryLock(out _));
    });
}
