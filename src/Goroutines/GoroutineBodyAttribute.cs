namespace Goroutines;

/// <summary>
/// Marks a delegate parameter that the method runs as the body of a goroutine, so that the analyzers of this package look at
/// what is passed for it as they do at the bodies of <see cref="Go.Spawn(Func{ValueTask}, string?, int)"/>.
/// </summary>
/// <remarks>For wrappers of one's own. It has no effect when the program runs.</remarks>
/// <example>
/// <code>
/// public static void StartLogged([GoroutineBody] Func&lt;ValueTask&gt; body) =&gt; Go.Spawn(async () =&gt; { … await body(); … });
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class GoroutineBodyAttribute : Attribute;
