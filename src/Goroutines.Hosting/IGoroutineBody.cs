namespace Goroutines.Hosting;

/// <summary>A long-running body that the host supervises: see <c>services.AddGoroutine&lt;T&gt;()</c>.</summary>
public interface IGoroutineBody
{
    /// <summary>Runs as a goroutine from the start of the host to its stop. Each start has an object of its own, in a scope of services of its own.</summary>
    /// <param name="context">Is cancelled when the host stops.</param>
    /// <returns>A task that ends with the body. When it fails, what becomes of the body says <see cref="SupervisionOptions.OnFailure"/>.</returns>
    ValueTask RunAsync(GoContext context);
}
