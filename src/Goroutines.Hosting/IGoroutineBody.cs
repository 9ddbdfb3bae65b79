namespace Goroutines.Hosting;

/// <summary>A long-running body that the host supervises: see <c>services.AddGoroutine&lt;T&gt;()</c>.</summary>
public interface IGoroutineBody
{
    /// <summary>Runs as a goroutine from the start of the host to its stop. Each start uses a new instance, in a service scope of its
    /// own.</summary>
    /// <param name="context">A context that is cancelled when the host stops.</param>
    /// <returns>A task that completes when the body ends. If it fails, <see cref="SupervisionOptions.OnFailure"/> decides what
    /// happens.</returns>
    ValueTask RunAsync(GoContext context);
}
