using System.Diagnostics.Metrics;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Diagnostics;

/// <summary>The meter <c>Goroutines</c>.</summary>
public class MetricsTests
{
    [Fact]
    public Task Meter_TellsOfARuntime() => Isolated.RunAsync(
        async runtime =>
        {
            var gate = new Chan<int>();
            var handles = Enumerable.Range(0, 40).Select(_ => runtime.Run(async ValueTask () => await gate.ReceiveAsync())).ToList();
            await Poll.UntilAsync(() => Read(runtime.Name).GetValueOrDefault("goroutines.processors.idle") == 2, "all of them to wait");

            Dictionary<string, long> parked = Read(runtime.Name);
            Assert.Equal(40, parked["goroutines.count"]);
            Assert.Equal(40, parked["goroutines.spawned"]);
            Assert.Equal(40, parked["goroutines.turns"]);
            Assert.Equal(0, parked["goroutines.queued"]);
            Assert.Equal(40, parked["goroutines.state waiting"]);
            Assert.Equal(0, parked["goroutines.state running"]);
            Assert.Equal(0, parked["goroutines.panics"]);
            Assert.Equal(0, parked["goroutines.stack.threads"]);
            Assert.Equal(2, parked["goroutines.processors"]);
            Assert.InRange(parked["goroutines.workers"], 1, long.MaxValue);
            Assert.InRange(parked["goroutines.workers.wakes"], 1, long.MaxValue);
            Assert.InRange(parked["goroutines.workers.sleeps"], 1, long.MaxValue);

            gate.Close();
            foreach (Goroutine handle in handles)
            {
                await handle.JoinAsync();
            }

            Dictionary<string, long> ended = Read(runtime.Name);
            Assert.Equal(0, ended["goroutines.count"]);
            Assert.Equal(40, ended["goroutines.spawned"]);
            Assert.Equal(80, ended["goroutines.turns"]);
        },
        new GoRuntimeOptions { MaxProcs = 2, Name = "metrics of one" });

    [Fact]
    public Task Meter_WorkInAnotherQueue_CountsSteals() => Isolated.RunAsync(
        async runtime =>
        {
            // The first one's turn does not end before another worker has run the second, which as a rule is taken out of the
            // first one's queue; when the thief was too slow, sysmon has put it into the global queue.
            long rounds = 0;
            do
            {
                rounds++;
                await runtime.Run(() =>
                {
                    bool ran = false;
                    Go.Spawn(() =>
                    {
                        Volatile.Write(ref ran, true);
                        return default;
                    });
                    Go.Spawn(static () => default);
                    while (!Volatile.Read(ref ran))
                    {
                        Thread.SpinWait(10);
                    }

                    return default(ValueTask);
                }).JoinAsync();
            }
            while (Read(runtime.Name).GetValueOrDefault("goroutines.steals") == 0);

            Assert.InRange(Read(runtime.Name)["goroutines.steals"], 1, 2 * rounds);
            Assert.Equal(3 * rounds, Read(runtime.Name)["goroutines.spawned"]);
        },
        new GoRuntimeOptions { MaxProcs = 2, Name = "metrics of a thief" });

    [Fact]
    public async Task Meter_StoppedRuntime_IsToldOfNoLonger()
    {
        const string Name = "metrics of the stopped";
        await using (var runtime = new GoRuntime(new GoRuntimeOptions { Name = Name }))
        {
            await runtime.Run(async () => await Go.Yield()).JoinAsync();
            await Poll.UntilAsync(() => Read(Name).Count != 0, "the meter to know the runtime");
        }

        Assert.Empty(Read(Name));
    }

    /// <summary>Every instrument's value for the runtime of this name.</summary>
    private static Dictionary<string, long> Read(string runtime)
    {
        Dictionary<string, long> values = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Goroutines")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("goroutines.runtime", runtime)))
            {
                string? state = (string?)tags.ToArray().FirstOrDefault(static tag => tag.Key is "goroutines.state" or "goroutines.site").Value;
                values.Add(state is null ? instrument.Name : $"{instrument.Name} {state}", value);
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}
