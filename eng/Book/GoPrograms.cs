namespace Book;

/// <summary>The programs in Go: built all at once when the first is asked for.</summary>
internal sealed class GoPrograms(string root, string work)
{
    private string? _unavailable;
    private bool _built;

    /// <summary>Builds if need be. Returns the path of a program, or null and the reason why there is no Go.</summary>
    public async Task<(string? Program, string? Reason)> FindAsync(string name)
    {
        if (!_built)
        {
            _built = true;
            _unavailable = await BuildAsync();
        }

        return _unavailable is null ? (Path.Combine(work, "go", "bin", name), null) : (null, _unavailable);
    }

    private async Task<string?> BuildAsync()
    {
        Output found = await Runner.RunAsync("bench/get-go", []);
        if (found.ExitCode == 3)
        {
            return $"without Go: {found.Errors.Trim()}";
        }

        if (found.ExitCode != 0)
        {
            throw new InvalidOperationException($"bench/get-go: {found.Errors}");
        }

        string module = Path.Combine(work, "go");
        if (Directory.Exists(module))
        {
            Directory.Delete(module, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(module, "bin"));
        await File.WriteAllTextAsync(Path.Combine(module, "go.mod"), "module book\n\ngo 1.27\n");
        foreach (string source in Directory.GetFiles(Path.Combine(root, "go"), "*.go"))
        {
            string directory = Path.Combine(module, Path.GetFileNameWithoutExtension(source));
            Directory.CreateDirectory(directory);
            File.Copy(source, Path.Combine(directory, "main.go"));
        }

        string go = Path.Combine(found.Text.Trim(), "bin", "go");
        string cache = Path.Combine(work, "go-cache");
        Output built = await Runner.RunAsync("env", [$"GOCACHE={cache}", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", go, "build", "-o", Path.Combine(module, "bin"), "./..."], module);
        return built.ExitCode == 0 ? null : throw new InvalidOperationException($"go build:\n{built.Errors}");
    }
}
