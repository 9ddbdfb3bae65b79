using Goroutines.Runtime;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Runtime;

public class ParkingNoteTests
{
    [Fact]
    public void Wake_BeforeSleep_IsKept()
    {
        var note = new ParkingNote();
        Assert.True(note.Wake());
        Assert.False(note.Wake());
        Assert.True(note.IsSignalled);
        Assert.True(note.Sleep(-1));
        Assert.False(note.IsSignalled);
    }

    [Fact]
    public void Sleep_NobodyWakes_ReturnsWhenTheTimeIsUp()
    {
        var note = new ParkingNote();
        Assert.False(note.Sleep(1_000_000));
        Assert.False(note.IsSignalled);
    }

    [Fact]
    public void Clear_ForgetsAWakeUp()
    {
        var note = new ParkingNote();
        note.Wake();
        note.Clear();
        Assert.False(note.Sleep(0));
    }

    // A waker stores its news and then signals; a sleeper that saw the news of one round without having slept leaves a stale
    // signal to the next. Taking that up must not wipe out the signal for news that were not seen yet.
    [Fact]
    public async Task Sleep_AfterStaleSignals_LosesNoWakeUp()
    {
        int rounds = Load.Times(50_000);
        var note = new ParkingNote();
        int news = 0;
        int seen = 0;
        Task sleeper = PlainThread.Run(() =>
        {
            for (int round = 1; round <= rounds; round++)
            {
                while (Volatile.Read(ref news) < round)
                {
                    note.Sleep(-1);
                }

                Volatile.Write(ref seen, round);
            }
        });
        Task waker = PlainThread.Run(() =>
        {
            for (int round = 1; round <= rounds; round++)
            {
                Volatile.Write(ref news, round);
                note.Wake();
                note.Wake(); // more often than not the stale one
                int looks = 0;
                while (Volatile.Read(ref seen) < round)
                {
                    if (++looks > 300)
                    {
                        Thread.Yield();
                    }
                }
            }
        });
        await Task.WhenAll(sleeper, waker).WaitAsync(Limits.Body);
    }
}
