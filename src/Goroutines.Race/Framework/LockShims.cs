using System.ComponentModel;

#pragma warning disable CS9216 // the lock is used as a key, not as a monitor

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="Lock"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Lock))]
public static class LockShims
{
    [ThreadStatic]
    private static Stack<Lock>? t_scopes;

    /// <inheritdoc cref="Lock.Enter"/>
    public static void Enter(Lock self)
    {
        self.Enter();
        FrameworkSync.Acquire(self);
    }

    /// <inheritdoc cref="Lock.TryEnter()"/>
    public static bool TryEnter(Lock self) => Entered(self, self.TryEnter());

    /// <inheritdoc cref="Lock.TryEnter(int)"/>
    public static bool TryEnter(Lock self, int millisecondsTimeout) => Entered(self, self.TryEnter(millisecondsTimeout));

    /// <inheritdoc cref="Lock.TryEnter(TimeSpan)"/>
    public static bool TryEnter(Lock self, TimeSpan timeout) => Entered(self, self.TryEnter(timeout));

    /// <inheritdoc cref="Lock.Exit"/>
    public static void Exit(Lock self)
    {
        FrameworkSync.Release(self);
        self.Exit();
    }

    /// <inheritdoc cref="Lock.EnterScope"/>
    public static Lock.Scope EnterScope(Lock self)
    {
        Lock.Scope scope = self.EnterScope();
        FrameworkSync.Acquire(self);
        (t_scopes ??= new Stack<Lock>()).Push(self);
        return scope;
    }

    /// <summary>Called before a scope ends. The scopes of a thread end in reverse order.</summary>
    internal static void Leave()
    {
        if (t_scopes is { } scopes && scopes.TryPop(out Lock? entered))
        {
            FrameworkSync.Release(entered);
        }
    }

    private static bool Entered(Lock self, bool entered)
    {
        if (entered)
        {
            FrameworkSync.Acquire(self);
        }

        return entered;
    }
}

/// <summary>Replaces the methods of <see cref="Lock.Scope"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(Lock.Scope))]
public static class LockScopeShims
{
    /// <inheritdoc cref="Lock.Scope.Dispose"/>
    public static void Dispose(ref Lock.Scope self)
    {
        LockShims.Leave();
        self.Dispose();
    }
}
