using System.Collections.Concurrent;

namespace Goroutines.Tests.Support;

/// <summary>A synchronization context with one thread, as a user interface has: what is posted runs there, in order.</summary>
internal sealed class RecordingContext : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];
    private readonly Thread _thread;
    private int _posts;

    public RecordingContext()
    {
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.Start();
    }

    public int ThreadId => _thread.ManagedThreadId;

    public int Posts => Volatile.Read(ref _posts);

    public override void Post(SendOrPostCallback d, object? state)
    {
        Interlocked.Increment(ref _posts);
        _posted.Add((d, state));
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs an async body on the context's thread.</summary>
    public Task Run(Func<Task> body)
    {
        var result = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            _ => _ = Complete(),
            null);
        return result.Task;

        async Task Complete()
        {
            try
            {
                await body();
                result.SetResult();
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        }
    }

    /// <summary>Runs something on the context's thread, as soon as what runs there now gives way.</summary>
    public Task RunNext(Action action) => Run(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public void Dispose()
    {
        _posted.CompleteAdding();
        _thread.Join();
        _posted.Dispose();
    }

    private void Loop()
    {
        SetSynchronizationContext(this);
        foreach ((SendOrPostCallback callback, object? state) in _posted.GetConsumingEnumerable())
        {
            callback(state);
        }
    }
}
