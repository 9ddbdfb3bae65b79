namespace Goroutines;

/// <summary>An exception that left the body of a goroutine which nobody joins: a panic.</summary>
/// <param name="Exception">The exception.</param>
/// <param name="GoroutineId">The goroutine's id.</param>
/// <param name="GoroutineName">The method of the goroutine's body.</param>
/// <param name="CreatedAt">Where the goroutine was created, as <c>file:line</c>, or the method when that is unknown.</param>
public sealed record PanicInfo(Exception Exception, long GoroutineId, string GoroutineName, string CreatedAt);
