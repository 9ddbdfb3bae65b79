using Goroutines.Diagnostics.Tracing;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>A trace that is being recorded; see <see cref="GoTrace.Start"/>. All members are safe to call from any thread.</summary>
/// <remarks>A dedicated thread, named "goroutines trace", empties the buffers.</remarks>
public sealed class TraceSession : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);

    private readonly Tracer _tracer;
    private readonly RingReader _reader;
    private readonly long _mostEvents;
    private readonly long _begin;
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource<TraceRecording> _recording = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stopped;

    internal TraceSession(GoTraceOptions options)
    {
        options.Validated();
        Scheduler scheduler = (options.Runtime ?? GoRuntime.Current).Scheduler;
        _tracer = scheduler.Tracer;
        _mostEvents = options.MaxBytes / TraceRing.EventBytes;
        _tracer.OpenRings(options.BufferBytes);
        CollectionWatch.Add(_tracer);
        _reader = new RingReader(_tracer);
        _reader.SkipToNow();
        _begin = _tracer.Now();
        Thread thread = new(Collect) { IsBackground = true, Name = "goroutines trace" };
        thread.UnsafeStart();
        GoroutinesEventSource.Log.TraceStarted(scheduler.Name);
    }

    /// <summary>Ends the trace.</summary>
    /// <returns>The recording. Further calls return the same one.</returns>
    public Task<TraceRecording> StopAsync()
    {
        Stop();
        return _recording.Task;
    }

    /// <summary>Ends the trace, unless it has ended, and waits until its buffers are released.</summary>
    /// <returns>A task that completes when the buffers have been released.</returns>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Ends the trace, unless it has ended. Its buffers are released soon after.</summary>
    public void Dispose() => Stop();

    private void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            _stop.Set();
        }
    }

    private void Collect()
    {
        try
        {
            bool stopped;
            do
            {
                stopped = _stop.Wait(s_period);
                _reader.Read();
            }
            while (!stopped && _reader.Events < _mostEvents);
            long end = _tracer.Now();
            Release();
            _stop.Wait();
            _recording.SetResult(_reader.ToRecording(_begin, end, lostIsGap: false));
        }
        catch (OutOfMemoryException exception)
        {
            Release();
            _recording.SetException(exception);
        }
    }

    private void Release()
    {
        CollectionWatch.Remove(_tracer);
        _tracer.CloseRings();
    }
}
