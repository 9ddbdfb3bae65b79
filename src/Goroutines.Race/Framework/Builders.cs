using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Goroutines.Race;

/// <summary>Called when an async method that was suspended ends: orders what it has done before what follows an await of its
/// task.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(AsyncTaskMethodBuilder))]
public static class TaskBuilderShims
{
    /// <summary>Called before the end.</summary>
    /// <param name="builder">The method's builder.</param>
    /// <param name="state">What the method did before its last suspension; null if it was never suspended, so that it is part of its
    /// caller's strand.</param>
    public static void End(ref AsyncTaskMethodBuilder builder, object? state)
    {
        if (state is not null)
        {
            FrameworkSync.Release(builder.Task);
        }
    }
}

/// <inheritdoc cref="TaskBuilderShims"/>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(AsyncTaskMethodBuilder<>))]
public static class TaskOfTBuilderShims
{
    /// <inheritdoc cref="TaskBuilderShims.End"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static void End<T>(ref AsyncTaskMethodBuilder<T> builder, object? state)
    {
        if (state is not null)
        {
            FrameworkSync.Release(builder.Task);
        }
    }
}

/// <inheritdoc cref="TaskBuilderShims"/>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(AsyncValueTaskMethodBuilder))]
public static class ValueTaskBuilderShims
{
    /// <inheritdoc cref="TaskBuilderShims.End"/>
    public static void End(ref AsyncValueTaskMethodBuilder builder, object? state)
    {
        if (state is not null)
        {
            ValueTask task = builder.Task;
            FrameworkSync.Release(Unsafe.As<ValueTask, object?>(ref task));
        }
    }
}

/// <inheritdoc cref="TaskBuilderShims"/>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(AsyncValueTaskMethodBuilder<>))]
public static class ValueTaskOfTBuilderShims
{
    /// <inheritdoc cref="TaskBuilderShims.End"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    public static void End<T>(ref AsyncValueTaskMethodBuilder<T> builder, object? state)
    {
        if (state is not null)
        {
            ValueTask<T> task = builder.Task;
            FrameworkSync.Release(Unsafe.As<ValueTask<T>, object?>(ref task));
        }
    }
}
