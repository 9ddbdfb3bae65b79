using Goroutines.Diagnostics.Tracing;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Keeps the last seconds of what a runtime's goroutines did, in memory that does not grow (Go's <c>trace.FlightRecorder</c>).
/// They are written when something has gone wrong: by a call, or when a trigger of the options fires.</summary>
/// <remarks>All members are safe to call from any thread. While a recorder runs, it has a thread named "goroutines recorder".</remarks>
public sealed class FlightRecorder : IDisposable
{
    private static readonly Lock s_lock = new();
    private static readonly List<FlightRecorder> s_running = [];

    private readonly FlightRecorderOptions _options;
    private readonly Scheduler _scheduler;
    private readonly Tracer _tracer;
    private readonly Lock _lock = new();
    private Watch? _watch;
    private long _startedAt;
    private bool _isRunning;
    private long _dropped;

    /// <summary>Makes a recorder. It records from <see cref="Start"/> on.</summary>
    /// <param name="options">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public FlightRecorder(FlightRecorderOptions? options = null)
    {
        _options = (options ?? new FlightRecorderOptions()).Validated();
        _scheduler = (_options.Runtime ?? GoRuntime.Current).Scheduler;
        _tracer = _scheduler.Tracer;
    }

    /// <summary>Gets whether it records.</summary>
    public bool IsRunning => Volatile.Read(ref _isRunning);

    /// <summary>Gets how many times a trigger fired without a recording: the last recording was less than
    /// <see cref="FlightRecorderOptions.MinInterval"/> ago, or another trigger was pending.</summary>
    public long DroppedTriggers => Volatile.Read(ref _dropped);

    /// <summary>Starts recording; does nothing if it already records. The memory is allocated now.</summary>
    /// <exception cref="OutOfMemoryException">There is not enough memory.</exception>
    public void Start()
    {
        lock (_lock)
        {
            if (_isRunning)
            {
                return;
            }

            _tracer.OpenRings(_options.MaxBytes);
            CollectionWatch.Add(_tracer);
            _startedAt = _tracer.Now();
            _watch = Watch.Start(this);
            Volatile.Write(ref _isRunning, true);
        }

        lock (s_lock)
        {
            s_running.Add(this);
        }

        GoroutinesEventSource.Log.TraceStarted(_scheduler.Name);
    }

    /// <summary>Stops recording and releases the memory; does nothing if it does not record. It waits for a trigger that is being handled,
    /// except when called from <see cref="FlightRecorderOptions.Recorded"/>.</summary>
    public void Stop()
    {
        Watch? watch;
        lock (_lock)
        {
            if (!_isRunning)
            {
                return;
            }

            Volatile.Write(ref _isRunning, false);
            watch = _watch;
            _watch = null;
            CollectionWatch.Remove(_tracer);
            _tracer.CloseRings();
        }

        lock (s_lock)
        {
            s_running.Remove(this);
        }

        watch?.Stop();
    }

    /// <summary>Does the same as <see cref="Stop"/>.</summary>
    public void Dispose() => Stop();

    /// <summary>Returns what the recorder holds: the last <see cref="FlightRecorderOptions.MinAge"/>, or less if the memory of a P was too
    /// small for its events. Goroutines continue to run meanwhile.</summary>
    /// <returns>The recording. It does not change afterwards.</returns>
    /// <exception cref="InvalidOperationException">The recorder does not record.</exception>
    public TraceRecording Snapshot()
    {
        if (!IsRunning)
        {
            throw new InvalidOperationException("The flight recorder does not record: start it.");
        }

        RingReader reader = new(_tracer);
        reader.Read();
        long now = _tracer.Now();
        return reader.ToRecording(Math.Max(_startedAt, now - (long)_options.MinAge.TotalNanoseconds), now, lostIsGap: true);
    }

    /// <summary>Writes what the recorder holds in Perfetto's format, like <see cref="Snapshot"/> followed by
    /// <see cref="TraceRecording.WritePerfetto"/>.</summary>
    /// <param name="stream">The stream to write to. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The recorder does not record.</exception>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Snapshot().WritePerfetto(stream);
    }

    /// <summary>Returns the recorder that was started last among those that record a runtime; null if none does.</summary>
    internal static FlightRecorder? Of(GoRuntime runtime)
    {
        lock (s_lock)
        {
            return s_running.FindLast(recorder => ReferenceEquals(recorder._scheduler.Runtime, runtime));
        }
    }

    /// <summary>The thread that waits for triggers.</summary>
    /// <remarks>Triggers fire on workers in the middle of a turn, so they only exchange a reference and set an event; they never
    /// wait.</remarks>
#pragma warning disable CA1001 // not disposed: a trigger may be about to set the event at any time; the handle is finalized instead
    private sealed class Watch
#pragma warning restore CA1001
    {
        private readonly FlightRecorder _recorder;
        private readonly StallWatch _stalls;
        private readonly FlightFiles? _files;
        private readonly AutoResetEvent _signal = new(initialState: false);
        private readonly Thread _thread;
        private readonly Action<Scheduler, PanicInfo> _panicked;
        private readonly Action<Scheduler> _suspected;
        private readonly Action _asked;
        private Fired? _fired;
        private volatile bool _stopping;
        private long _lastAt = long.MinValue;

        private Watch(FlightRecorder recorder)
        {
            _recorder = recorder;
            FlightRecorderOptions options = recorder._options;
            _stalls = new StallWatch(recorder._scheduler, options.WhenTurnExceeds, options.WhenRunnableFor, options.WhenStalledFor);
            _files = options.Directory is { } directory ? new FlightFiles(directory, options.MaxFiles, options.MaxTotalBytes, recorder._scheduler.Clock.Provider) : null;
            _panicked = (scheduler, info) =>
            {
                if (ReferenceEquals(scheduler, recorder._scheduler))
                {
                    recorder._tracer.NoteOutside(TraceEventKind.Panic, info.GoroutineId, 0);
                    Fire(FlightTrigger.Panic, $"goroutine {info.GoroutineId} ({info.GoroutineName}): {info.Exception.GetType()}");
                }
            };
            _suspected = scheduler =>
            {
                if (ReferenceEquals(scheduler, recorder._scheduler))
                {
                    Fire(FlightTrigger.DeadlockSuspected, "every goroutine has come to rest while Main waits");
                }
            };
            _asked = () => Fire(FlightTrigger.Command, "asked for through the event source");
            _thread = new Thread(Run) { IsBackground = true, Name = "goroutines recorder" };
        }

        internal static Watch Start(FlightRecorder recorder)
        {
            Watch watch = new(recorder);
            FlightRecorderOptions options = recorder._options;
            if (options.WhenTurnExceeds is { } limit)
            {
                recorder._tracer.SlowTurnSeen += watch.SlowTurnSeen;
                recorder._tracer.SlowTurn = (long)limit.TotalNanoseconds;
            }

            if (options.OnPanic)
            {
                RuntimeEvents.Panicked += watch._panicked;
            }

            if (options.OnDeadlockSuspected)
            {
                RuntimeEvents.DeadlockSuspected += watch._suspected;
            }

            GoroutinesEventSource.RecordAsked += watch._asked;
            watch._thread.UnsafeStart();
            return watch;
        }

        internal void Stop()
        {
            Tracer tracer = _recorder._tracer;
            tracer.SlowTurnSeen -= SlowTurnSeen;
            tracer.SlowTurn = tracer.SlowTurnSeen is null ? long.MaxValue : tracer.SlowTurn;
            RuntimeEvents.Panicked -= _panicked;
            RuntimeEvents.DeadlockSuspected -= _suspected;
            GoroutinesEventSource.RecordAsked -= _asked;
            _stopping = true;
            _signal.Set();
            if (!ReferenceEquals(Thread.CurrentThread, _thread))
            {
                _thread.Join();
            }
        }

        private void SlowTurnSeen(G g, long nanoseconds) => Fire(FlightTrigger.SlowTurn, StallWatch.Text(g, "had a turn of", nanoseconds));

        /// <summary>Makes the recorder's thread record. Callable from any thread. While a trigger is pending, further ones are
        /// dropped.</summary>
        private void Fire(FlightTrigger trigger, string detail)
        {
            if (Interlocked.CompareExchange(ref _fired, new Fired(trigger, detail), null) is null)
            {
                _signal.Set();
            }
            else
            {
                Interlocked.Increment(ref _recorder._dropped);
            }
        }

        private void Run()
        {
            TimeSpan period = _stalls.Period;
            while (!_stopping)
            {
                _signal.WaitOne(period);
                if (_stopping)
                {
                    return;
                }

                if (Interlocked.Exchange(ref _fired, null) is { } fired)
                {
                    Record(fired.Trigger, fired.Detail);
                }
                else if (_stalls.Look() is { } found)
                {
                    Record(found.Trigger, found.Detail);
                }
            }
        }

        private void Record(FlightTrigger trigger, string detail)
        {
            long now = Clock.SystemNanoseconds();
            if (_lastAt != long.MinValue && now - _lastAt < _recorder._options.MinInterval.TotalNanoseconds)
            {
                Interlocked.Increment(ref _recorder._dropped);
                return;
            }

            try
            {
                TraceRecording recording = _recorder.Snapshot();
                string? path = _files?.Write(trigger, recording);
                _lastAt = now;
                GoroutinesEventSource.Log.Recorded(_recorder._scheduler.Name, trigger.ToString(), path ?? "");
                if (trigger is FlightTrigger.SlowTurn or FlightTrigger.RunnableForLong or FlightTrigger.Stall)
                {
                    GoroutinesEventSource.Log.Stall(_recorder._scheduler.Name, trigger.ToString(), detail);
                }

                _recorder._options.Recorded?.Invoke(new FlightRecord(trigger, detail, recording, path));
            }
#pragma warning disable CA1031 // the recorder must not end the program that it records
            catch (Exception)
            {
                // The handler threw, or the recorder was stopped meanwhile.
            }
#pragma warning restore CA1031
        }

        private sealed record Fired(FlightTrigger Trigger, string Detail);
    }
}
