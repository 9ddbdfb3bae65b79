using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Goroutines.Peers;

/// <summary>The command line that all peers share: <c>peer WORKLOAD [--n N] [--smoke | --cold] [--counters]</c>; prints one line of JSON.</summary>
internal static class PeerProgram
{
    /// <param name="thorough">How long to measure without <c>--smoke</c> or <c>--cold</c>; null: <see cref="Mode.Thorough"/>.</param>
    public static async ValueTask<int> RunAsync(string[] args, IReadOnlyDictionary<string, Workload> workloads, string settings, Mode? thorough = null)
    {
        if (args.Length == 0 || !workloads.TryGetValue(args[0], out var workload))
        {
            return Usage(workloads);
        }

        var n = workload.Operations;
        var mode = thorough ?? Mode.Thorough;
        var counters = false;
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == "--smoke")
            {
                mode = Mode.Smoke;
            }
            else if (args[i] == "--cold")
            {
                mode = Mode.Cold;
            }
            else if (args[i] == "--counters")
            {
                counters = true;
            }
            else if (args[i] != "--n" || ++i == args.Length || !int.TryParse(args[i], CultureInfo.InvariantCulture, out n) || n < 1)
            {
                return Usage(workloads);
            }
        }

        n = workload.RoundUp(n);
        var result = await workload.Run(n, mode);
        Console.WriteLine(ToJson(args[0], n, result, settings));
        if (counters)
        {
            WriteCounters();
        }
        return 0;
    }

    private static string ToJson(string name, int n, Result result, string settings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("workload", name);
            writer.WriteNumber("n", n);
            foreach (var (figure, value) in result)
            {
                writer.WriteNumber(figure, Math.Round(value, 3));
            }
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteString("settings", $"{settings} {RuntimeSettings()}");
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The settings that move figures, in the names of the runtime's configuration.</summary>
    private static string RuntimeSettings()
    {
        // Of the collector itself, as the environment has the last word.
        var concurrent = GC.GetConfigurationVariables().TryGetValue("ConcurrentGC", out var value) ? value : "unknown";
        if (!RuntimeFeature.IsDynamicCodeCompiled)
        {
            return $"NativeAOT ServerGC={GCSettings.IsServerGC} ConcurrentGC={concurrent}";
        }
        var pgo = AppContext.TryGetSwitch("System.Runtime.TieredPGO", out var set) ? set : true;
        var tiered = AppContext.TryGetSwitch("System.Runtime.TieredCompilation", out set) ? set : true;
        return $"ServerGC={GCSettings.IsServerGC} ConcurrentGC={concurrent} TieredCompilation={tiered} TieredPGO={pgo}";
    }

    /// <summary>What the library's meter has counted in the whole run, warm-up included.</summary>
    private static void WriteCounters()
    {
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
        listener.SetMeasurementEventCallback<long>(static (instrument, value, _, _) => Console.Error.WriteLine($"{instrument.Name} {value}"));
        listener.Start();
        listener.RecordObservableInstruments();
    }

    private static int Usage(IReadOnlyDictionary<string, Workload> workloads)
    {
        Console.Error.WriteLine($"usage: peer WORKLOAD [--n N] [--smoke | --cold] [--counters]\nworkloads: {string.Join(' ', workloads.Keys)}");
        return 2;
    }
}
