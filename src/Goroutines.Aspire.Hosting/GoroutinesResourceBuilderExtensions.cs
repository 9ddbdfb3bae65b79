using Aspire.Hosting.ApplicationModel;
using Goroutines.Aspire.Hosting.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Shows the goroutines of a resource in the dashboard of an app host.</summary>
public static class GoroutinesResourceBuilderExtensions
{
    /// <summary>Adds the link to the live page of the resource's goroutines, and two commands: one shows a dump of the goroutines, the other
    /// writes what the flight recorder holds to a file.</summary>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <param name="builder">The resource. Its service serves the page (<c>app.MapGoroutines()</c>, from the package
    /// Goroutines.AspNetCore), and lets the app host read it.</param>
    /// <param name="configure">Changes the settings; <see langword="null"/> keeps the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>The commands are enabled while the resource runs, healthy or not. <c>goroutines-dump</c> returns the text of <c>Go.Dump</c>,
    /// which the dashboard shows at once. <c>goroutines-flight-record</c> returns the path of a file in Perfetto's format; it fails with the
    /// service's own explanation if no <c>FlightRecorder</c> of the service's runtime is running. A cancelled command leaves nothing behind.</para>
    /// <para>The commands only read. With more than one replica, the link and the commands reach any of them, as every request to the
    /// endpoint does. In publish mode they are part of the model and have no effect.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static IResourceBuilder<T> WithGoroutines<T>(this IResourceBuilder<T> builder, Action<GoroutinesResourceOptions>? configure = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        GoroutinesResourceOptions options = new();
        configure?.Invoke(options);
        options.Validate();
        builder.ApplicationBuilder.Services.AddHttpClient();

        GoroutinesPage page = new(builder.Resource, options, builder.ApplicationBuilder.AppHostDirectory);
        builder.WithUrls(page.AddLink);
        builder.WithCommand("goroutines-dump", "Dump goroutines", page.DumpAsync, new CommandOptions
        {
            Description = "Shows every goroutine of the service, and what it waits for.",
            IconName = "TextBulletListTree",
            UpdateState = StateOf,
        });
        builder.WithCommand("goroutines-flight-record", "Save goroutines' flight record", page.RecordAsync, new CommandOptions
        {
            Description = "Writes what the service's flight recorder holds, the last seconds, to a file for ui.perfetto.dev.",
            IconName = "Record",
            UpdateState = StateOf,
        });
        return builder;
    }

    /// <summary>Returns the state of a command. A service that hangs is running and unhealthy, and that is when its dump is wanted, so health
    /// does not count.</summary>
    private static ResourceCommandState StateOf(UpdateCommandStateContext context)
        => context.ResourceSnapshot.State?.Text is { } state && (state == KnownResourceStates.Running || state == KnownResourceStates.RuntimeUnhealthy)
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;
}
