namespace Goroutines;

/// <summary>
/// Marks a delegate parameter that the method runs as the body of a goroutine. The analyzers of this package then check its
/// arguments as they check the bodies passed to <see cref="Go.Spawn(Func{ValueTask}, string?, int)"/>.
/// </summary>
/// <remarks>Use it on your own wrappers. It has no effect at run time.</remarks>
/// <example>
/// <code>
/// public static void StartLogged([GoroutineBody] Func&lt;ValueTask&gt; body) =&gt; Go.Spawn(async () =&gt; { … await body(); … });
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class GoroutineBodyAttribute : Attribute;
