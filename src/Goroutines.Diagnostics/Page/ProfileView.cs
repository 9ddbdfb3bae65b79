namespace Goroutines.Diagnostics;

/// <summary>Writes a profile as the tree of a flame graph for the page, or as a file for other tools.</summary>
internal static class ProfileView
{
    /// <param name="form">The form: <c>flame</c>, <c>profile</c> (pprof) or <c>speedscope</c>.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="kind">The profile's name.</param>
    /// <param name="options">What is shown.</param>
    /// <returns>The answer; status 409, with the reason, if profiling is off.</returns>
    /// <exception cref="FormatException">There is no such profile.</exception>
    internal static DiagnosticsResponse Answer(string form, GoRuntime runtime, string kind, DiagnosticsPageOptions options)
    {
        if (!GoProfile.Names.Contains(kind))
        {
            throw new FormatException($"There is no profile \"{kind}\", but {string.Join(", ", GoProfile.Names)}.");
        }

        GoProfile profile;
        try
        {
            profile = GoProfile.Collect(kind, new GoProfileOptions { Runtime = runtime, Labels = options.ShowLabels });
        }
        catch (InvalidOperationException off)
        {
            return DiagnosticsResponse.Text(409, off.Message);
        }

        MemoryStream made = new();
        switch (form)
        {
            case "flame":
                profile.WriteFlame(made);
                return Send("application/json; charset=utf-8", made);
            case "speedscope":
                profile.WriteSpeedscope(made);
                return Send("application/json; charset=utf-8", made).With("Content-Disposition", $"attachment; filename=\"{kind}.speedscope.json\"");
            default:
                profile.WritePprof(made);
                return Send("application/octet-stream", made).With("Content-Disposition", $"attachment; filename=\"{kind}.pb.gz\"");
        }
    }

    private static DiagnosticsResponse Send(string contentType, MemoryStream made)
    {
        ReadOnlyMemory<byte> body = made.GetBuffer().AsMemory(0, (int)made.Length);
        return new DiagnosticsResponse(200, contentType, (stream, token) => stream.WriteAsync(body, token));
    }
}
