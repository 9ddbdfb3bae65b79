using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Goroutines.Hosting.Internal;

/// <summary>Reads the options from the configuration without the binder, so that there is no reflection and errors name the key.</summary>
internal sealed class ConfigureGoroutines(IConfiguration configuration) : IConfigureOptions<GoroutinesOptions>
{
    public void Configure(GoroutinesOptions options)
    {
        IConfigurationSection section = configuration.GetSection(GoroutinesOptions.SectionName);
        options.MaxProcs = Number(section, nameof(options.MaxProcs)) ?? options.MaxProcs;
        options.StackSize = Number(section, nameof(options.StackSize)) ?? options.StackSize;
        options.MaxThreads = Number(section, nameof(options.MaxThreads)) ?? options.MaxThreads;
        options.Name = Text(section, nameof(options.Name)) ?? options.Name;
        options.DrainTimeout = Duration(section, nameof(options.DrainTimeout)) ?? options.DrainTimeout;
        options.StopHostOnPanic = Switch(section, nameof(options.StopHostOnPanic)) ?? options.StopHostOnPanic;
    }

    private static string? Text(IConfigurationSection section, string key) => section[key] is { Length: > 0 } text ? text : null;

    private static int? Number(IConfigurationSection section, string key) => Text(section, key) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) => number,
        var text => throw Wrong(section, key, text, "a whole number"),
    };

    private static TimeSpan? Duration(IConfigurationSection section, string key) => Text(section, key) switch
    {
        null => null,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan duration) => duration,
        var text => throw Wrong(section, key, text, "a duration such as 00:00:05"),
    };

    private static bool? Switch(IConfigurationSection section, string key) => Text(section, key) switch
    {
        null => null,
        var text when bool.TryParse(text, out bool isOn) => isOn,
        var text => throw Wrong(section, key, text, "true or false"),
    };

    private static OptionsValidationException Wrong(IConfigurationSection section, string key, string text, string wanted)
        => new(Options.DefaultName, typeof(GoroutinesOptions), [$"{section.Path}:{key} is \"{text}\": it must be {wanted}."]);
}
