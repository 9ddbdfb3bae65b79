using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Settings of a <see cref="GoRuntime"/>.</summary>
public sealed class GoRuntimeOptions
{
    internal const string DetectDeadlocksSwitch = "Goroutines.DetectDeadlocks";
    internal const string DetectDeadlocksVariable = "GOROUTINES_DETECT_DEADLOCKS";

    private static int s_warned;

    /// <summary>How many goroutines run at once, from 1 to 1024. Null: the environment variable <c>GOMAXPROCS</c>, else the
    /// processors this process may use (container limits included).</summary>
    public int? MaxProcs { get; set; }

    /// <summary>The clock of sleeps, timers and time-outs. Null: the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>What is told of exceptions that leave a goroutine. Null: Go's report on standard error.</summary>
    public Action<PanicInfo>? PanicHandler { get; set; }

    /// <summary>The stack size of goroutines with synchronous bodies, in bytes; 0: the system's default for threads. The
    /// memory is taken as the stack grows.</summary>
    /// <remarks>Initially the <see cref="AppContext"/> setting <c>Goroutines.StackSize</c>, if there is one.</remarks>
    public int StackSize { get; set; } = FromAppContext("Goroutines.StackSize", 0);

    /// <summary>The most threads that goroutines with synchronous bodies may have; at least 1. Default: three quarters of what the
    /// system allows this process, and at most 16,384. A goroutine beyond it waits for a thread to come free, and dumps say
    /// so. And with so many worker threads, blocked ones included, no other is put beside a body that keeps its thread
    /// without a word.</summary>
    /// <remarks>
    /// Initially the <see cref="AppContext"/> setting <c>Goroutines.MaxThreads</c>, if there is one. The default heeds memory and, on Linux,
    /// <c>vm.max_map_count</c> (a thread takes four maps), <c>kernel.threads-max</c>, <c>kernel.pid_max</c>, the pids limit of the
    /// control group, <c>ulimit -u</c> and <c>ulimit -v</c>. Whatever is set here, no thread is started for which the system has no
    /// room: a goroutine with a synchronous body that needs one is then refused by an <see cref="InvalidOperationException"/>.
    /// </remarks>
    public int MaxThreads
    {
        get => ExplicitMaxThreads ?? ThreadLimit.Default;
        set => ExplicitMaxThreads = value;
    }

    /// <summary>What <see cref="MaxThreads"/> was set to. Null: the default, which is not worked out before it is needed.</summary>
    internal int? ExplicitMaxThreads { get; private set; } = FromAppContext("Goroutines.MaxThreads", 0) is var threads and not 0 ? threads : null;

    /// <summary>The name of the runtime, which its threads and messages carry. Null: "goroutines".</summary>
    public string? Name { get; set; }

    /// <summary>Whether <see cref="GoRuntime.Main(Func{ValueTask})"/> looks for deadlocks. Default: true.</summary>
    /// <remarks>
    /// <para>Initially what the environment variable <c>GOROUTINES_DETECT_DEADLOCKS</c> says (<c>0</c>, <c>1</c>, <c>false</c> or <c>true</c>);
    /// without it the <see cref="AppContext"/> switch <c>Goroutines.DetectDeadlocks</c>. These are also the switch of the default
    /// runtime.</para>
    /// <para>A deadlock is reported only when nothing in the process refers to what the goroutines wait for. To say for a while that
    /// something outside of the process's managed code may wake one, use <see cref="GoRuntime.ExpectExternal"/>.</para>
    /// </remarks>
    public bool DetectDeadlocks { get; set; } = InitiallyDetectsDeadlocks();

    /// <summary>What directs the runtime in a test.</summary>
    internal ScheduleDriver? Driver { get; init; }

    internal GoRuntimeOptions Validated()
    {
        if (MaxProcs is { } procs && procs is < 1 or > Scheduler.MaxProcsLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxProcs), procs, $"MaxProcs must be from 1 to {Scheduler.MaxProcsLimit}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(StackSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(ExplicitMaxThreads ?? 1, 1, nameof(MaxThreads));
        return this;
    }

    private static bool InitiallyDetectsDeadlocks()
    {
        bool otherwise = !AppContext.TryGetSwitch(DetectDeadlocksSwitch, out bool isOn) || isOn;
        string? text = Environment.GetEnvironmentVariable(DetectDeadlocksVariable);
        switch (text?.Trim().ToUpperInvariant())
        {
            case null or "":
                return otherwise;
            case "1" or "TRUE":
                return true;
            case "0" or "FALSE":
                return false;
            default:
                if (Interlocked.Exchange(ref s_warned, 1) == 0)
                {
#pragma warning disable RS0030 // one warning, where nobody could be told otherwise
                    Console.Error.WriteLine($"goroutines: ignoring {DetectDeadlocksVariable}={text}: it must be 0, 1, false or true; using {(otherwise ? 1 : 0)}.");
#pragma warning restore RS0030
                }

                return otherwise;
        }
    }

    /// <summary>A setting of runtimeconfig.json, where numbers come as text.</summary>
    private static int FromAppContext(string name, int otherwise) => AppContext.GetData(name) switch
    {
        int number => number,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) => number,
        _ => otherwise,
    };
}
