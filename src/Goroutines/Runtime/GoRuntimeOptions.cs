using System.Globalization;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The settings of a <see cref="GoRuntime"/>.</summary>
public sealed class GoRuntimeOptions
{
    internal const string DetectDeadlocksSwitch = "Goroutines.DetectDeadlocks";
    internal const string DetectDeadlocksVariable = "GOROUTINES_DETECT_DEADLOCKS";

    private static int s_warned;

    /// <summary>Gets or sets how many goroutines run at once, from 1 to 1024. If it is null, the environment variable
    /// <c>GOMAXPROCS</c> decides; without it, the number of processors this process may use, container limits
    /// included.</summary>
    public int? MaxProcs { get; set; }

    /// <summary>Gets or sets the clock of sleeps, timers and time-outs. If it is null, the system's clock is used.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>Gets or sets the handler that is called with an exception that escapes a goroutine. If it is null, Go's report is
    /// written to standard error.</summary>
    public Action<PanicInfo>? PanicHandler { get; set; }

    /// <summary>Gets or sets the stack size of goroutines with synchronous bodies, in bytes. 0 means the system's
    /// default for threads. Memory is committed as the stack grows.</summary>
    /// <remarks>The initial value is the <see cref="AppContext"/> setting <c>Goroutines.StackSize</c>, if there is one.</remarks>
    public int StackSize { get; set; } = FromAppContext("Goroutines.StackSize", 0);

    /// <summary>Gets or sets the maximum number of threads that goroutines with synchronous bodies may have; at least 1. The
    /// default is three quarters of what the system allows this process, and at most 16,384. A goroutine beyond the limit waits
    /// until a thread is free, and dumps say so. When there are as many worker threads as this, blocked ones included, the runtime
    /// adds no further worker beside a body that keeps its thread without entering a blocking region.</summary>
    /// <remarks>
    /// The initial value is the <see cref="AppContext"/> setting <c>Goroutines.MaxThreads</c>, if there is one. The default takes into
    /// account memory and, on Linux, <c>vm.max_map_count</c> (a thread takes four maps), <c>kernel.threads-max</c>, <c>kernel.pid_max</c>,
    /// the pids limit of the control group, <c>ulimit -u</c> and <c>ulimit -v</c>. Whatever is set here, no thread is started for which the
    /// system has no room: starting a goroutine with a synchronous body that needs one then throws an
    /// <see cref="InvalidOperationException"/>.
    /// </remarks>
    public int MaxThreads
    {
        get => ExplicitMaxThreads ?? ThreadLimit.Default;
        set => ExplicitMaxThreads = value;
    }

    /// <summary>What <see cref="MaxThreads"/> was set to, or null for the default, which is computed only when it is needed.</summary>
    internal int? ExplicitMaxThreads { get; private set; } = FromAppContext("Goroutines.MaxThreads", 0) is var threads and not 0 ? threads : null;

    /// <summary>Gets or sets the name of the runtime, which its threads and messages carry. If it is null, the name is "goroutines".</summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets whether <see cref="GoRuntime.Main(Func{ValueTask})"/> looks for deadlocks. The default is true.</summary>
    /// <remarks>
    /// <para>The initial value comes from the environment variable <c>GOROUTINES_DETECT_DEADLOCKS</c> (<c>0</c>, <c>1</c>, <c>false</c> or
    /// <c>true</c>) or, without it, from the <see cref="AppContext"/> switch <c>Goroutines.DetectDeadlocks</c>. They also apply to the default
    /// runtime.</para>
    /// <para>A deadlock is reported only if nothing in the process refers to what the goroutines wait for. To declare for a while that
    /// something outside the process's managed code may wake one, use <see cref="GoRuntime.ExpectExternal"/>.</para>
    /// </remarks>
    public bool DetectDeadlocks { get; set; } = InitiallyDetectsDeadlocks();

    /// <summary>The driver that directs the runtime in a test.</summary>
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

    /// <summary>Reads a setting of runtimeconfig.json, where numbers are stored as text.</summary>
    private static int FromAppContext(string name, int otherwise) => AppContext.GetData(name) switch
    {
        int number => number,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) => number,
        _ => otherwise,
    };
}
