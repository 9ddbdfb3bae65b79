using System.Runtime.CompilerServices;

namespace Goroutines;

/// <summary>The program's entry point, on the current runtime.</summary>
public static partial class Go
{
    /// <inheritdoc cref="GoRuntime.Main(Func{ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static void Main(Func<ValueTask> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main(Func{Task})"/>
    public static void Main(Func<Task> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main(Action)"/>
    public static void Main(Action body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{ValueTask{T}})"/>
    [OverloadResolutionPriority(1)]
    public static T Main<T>(Func<ValueTask<T>> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{Task{T}})"/>
    public static T Main<T>(Func<Task<T>> body) => GoRuntime.Current.Main(body);

    /// <inheritdoc cref="GoRuntime.Main{T}(Func{T})"/>
    public static T Main<T>(Func<T> body) => GoRuntime.Current.Main(body);
}
