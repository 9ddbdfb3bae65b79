using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Thread"/>: a thread that rewritten code creates is a strand.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Thread))]
public static class ThreadShims
{
    private static readonly ConditionalWeakTable<Thread, Body> s_bodies = [];

    /// <inheritdoc cref="Thread(ThreadStart)"/>
    public static Thread New(ThreadStart start)
    {
        Body body = new();
        return body.Of(new Thread(() => body.Run(start)));
    }

    /// <inheritdoc cref="Thread(ParameterizedThreadStart)"/>
    public static Thread New(ParameterizedThreadStart start)
    {
        Body body = new();
        return body.Of(new Thread(argument => body.Run(() => start(argument))));
    }

    /// <inheritdoc cref="Thread(ThreadStart, int)"/>
    public static Thread New(ThreadStart start, int maxStackSize)
    {
        Body body = new();
        return body.Of(new Thread(() => body.Run(start), maxStackSize));
    }

    /// <inheritdoc cref="Thread.Start()"/>
    public static void Start(Thread self)
    {
        Fork(self);
        self.Start();
    }

    /// <inheritdoc cref="Thread.Start(object)"/>
    public static void Start(Thread self, object? parameter)
    {
        Fork(self);
        self.Start(parameter);
    }

    /// <inheritdoc cref="Thread.UnsafeStart()"/>
    public static void UnsafeStart(Thread self)
    {
        Fork(self);
        self.UnsafeStart();
    }

    /// <inheritdoc cref="Thread.Join()"/>
    public static void Join(Thread self)
    {
        self.Join();
        Joined(self, true);
    }

    /// <inheritdoc cref="Thread.Join(int)"/>
    public static bool Join(Thread self, int millisecondsTimeout) => Joined(self, self.Join(millisecondsTimeout));

    /// <inheritdoc cref="Thread.Join(TimeSpan)"/>
    public static bool Join(Thread self, TimeSpan timeout) => Joined(self, self.Join(timeout));

    private static void Fork(Thread thread)
    {
        if (s_bodies.TryGetValue(thread, out Body? body))
        {
            body.Strand = Strand.Fork(Detector.Current, "thread", thread.ManagedThreadId);
        }
    }

    private static bool Joined(Thread thread, bool ended)
    {
        if (ended && s_bodies.TryGetValue(thread, out Body? body))
        {
            body.End.Acquire(Detector.Current);
        }

        return ended;
    }

    private sealed class Body
    {
        internal Strand? Strand;

        internal SyncObject End { get; } = new();

        internal Thread Of(Thread thread)
        {
            s_bodies.Add(thread, this);
            return thread;
        }

        internal void Run(ThreadStart start)
        {
            if (Strand is { } strand)
            {
                Detector.Become(strand);
            }

            try
            {
                start();
            }
            finally
            {
                End.Release(Detector.Current);
                Strand?.End();
            }
        }
    }
}
