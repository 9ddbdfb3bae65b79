namespace Goroutines.Analyzers.Model;

/// <summary>
/// What a member's code has. A rule names what it needs, and is not called for a member that lacks it: most members use a
/// small part of the library, and code that never runs need not be compiled either.
/// </summary>
[Flags]
internal enum Traits
{
    /// <summary>Every member that mentions the library.</summary>
    None = 0,

    /// <summary>A delegate is passed to the library, or set as one of its options.</summary>
    Delegate = 1 << 0,

    /// <summary>A function of the member runs as a goroutine beside others.</summary>
    Goroutine = 1 << 1,

    /// <summary>A channel is made or used.</summary>
    Channel = 1 << 2,

    /// <summary>A select is made or used.</summary>
    Select = 1 << 3,

    /// <summary>A method of the library is called whose name begins with Try.</summary>
    Attempt = 1 << 4,

    /// <summary>A lock, a semaphore, a lease or a once is used: what a goroutine can hold.</summary>
    Lock = 1 << 5,

    /// <summary>A lock of the framework that belongs to a thread is used.</summary>
    ThreadLock = 1 << 6,

    /// <summary>A wait group or an error group is used.</summary>
    Group = 1 << 7,

    /// <summary>A condition variable is used.</summary>
    Cond = 1 << 8,

    /// <summary>A context or a key of one is made or used.</summary>
    Context = 1 << 9,

    /// <summary>A duration or a point in time is passed to the library.</summary>
    Time = 1 << 10,

    /// <summary>There is a try statement.</summary>
    TryStatement = 1 << 11,

    /// <summary>ConfigureAwait is called.</summary>
    ConfigureAwait = 1 << 12,

    /// <summary>AsTask is called.</summary>
    AsTask = 1 << 13,

    /// <summary>A test of Goroutines.Testing is run.</summary>
    Test = 1 << 14,
}
