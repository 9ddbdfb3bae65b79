namespace Aspire.Hosting;

/// <summary>The settings of <see cref="GoroutinesResourceBuilderExtensions.WithGoroutines"/>.</summary>
public sealed class GoroutinesResourceOptions
{
    /// <summary>Gets or sets the path where the service serves its page, as its <c>MapGoroutines</c> has it. The default is
    /// <c>/debug/goroutines</c>.</summary>
    public string Path { get; set; } = "/debug/goroutines";

    /// <summary>Gets or sets the name of the endpoint that serves the page. With <see langword="null"/>, the default, it is <c>https</c> if
    /// the resource has an endpoint of that name; otherwise, <c>http</c>.</summary>
    public string? EndpointName { get; set; }

    /// <summary>Gets or sets the name of the <see cref="HttpClient"/> of the app host that the commands use
    /// (<see cref="IHttpClientFactory.CreateClient"/>). The default is the empty string, the name of the default client. A page that needs
    /// credentials takes them from the headers or the handler of a client with a name of its own.</summary>
    public string HttpClientName { get; set; } = "";

    /// <summary>Gets or sets the maximum number of goroutines in a dump, at least 1. The default is 1,000. The rest is on the page.</summary>
    public int MostGoroutines { get; set; } = 1000;

    /// <summary>Gets or sets the folder for flight records, absolute or relative to the folder of the app host. It is created if it does
    /// not exist. With <see langword="null"/>, the default, it is the folder <c>goroutines</c> in the app host's store
    /// (<see cref="ApplicationModel.IAspireStore"/>).</summary>
    public string? RecordsDirectory { get; set; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Path, nameof(Path));
        ArgumentNullException.ThrowIfNull(HttpClientName, nameof(HttpClientName));
        ArgumentOutOfRangeException.ThrowIfLessThan(MostGoroutines, 1, nameof(MostGoroutines));
    }
}
