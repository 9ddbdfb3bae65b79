namespace Book;

/// <summary>The programs of the book, compiled and run.</summary>
internal sealed class Examples(string root, string work)
{
    private readonly GoPrograms _go = new(root, work);

    /// <summary>Names the programs that no page shows.</summary>
    public IEnumerable<string> NotIn(IEnumerable<Page> pages)
    {
        HashSet<string> shown = [.. pages.SelectMany(static page => page.Slots).Select(static slot => slot.Name)];
        return Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.ChangeExtension(Path.GetRelativePath(root, path), null).Replace('\\', '/'))
            .Where(name => !name.EndsWith(".before", StringComparison.Ordinal) && !shown.Contains(name))
            .Select(static name => $"no page shows {name}.cs");
    }

    public async Task<Result> CheckAsync(Slot slot)
    {
        string path = Path.Combine(root, slot.Name);
        if (!File.Exists(path + ".cs"))
        {
            return new Result(null, [$"there is no {slot.Name}.cs"]);
        }

        var (ours, faults) = await RunAsync(slot.Name);
        if (ours is null)
        {
            return new Result(null, faults);
        }

        string code = await ShownAsync(path + ".cs", "csharp");
        if (!slot.IsPair)
        {
            faults.AddRange(ours.ExitCode == 0 ? [] : [$"{slot.Name} ended with {ours.ExitCode}: {ours.Errors}"]);
            return new Result($"\n{code}\n{Shown(ours)}\n", faults);
        }

        bool isGo = File.Exists(path + ".go");
        string? skipped = null;
        Output? theirs;
        if (isGo)
        {
            (string? program, skipped) = await _go.FindAsync(Path.GetFileName(slot.Name));
            theirs = program is null ? null : await Runner.RunAsync(program, []);
        }
        else
        {
            (theirs, List<string> theirFaults) = await RunAsync(slot.Name + ".before");
            faults.AddRange(theirFaults);
        }

        if (theirs is not null && (theirs.Text != ours.Text || theirs.ExitCode != ours.ExitCode))
        {
            faults.Add($"{slot.Name}: the two sides differ, exit codes {theirs.ExitCode} and {ours.ExitCode}:\n{Difference.Of(theirs.Text, ours.Text)}\n{theirs.Errors}{ours.Errors}");
        }

        string other = isGo ? await ShownAsync(path + ".go", "go") : await ShownAsync(path + ".before.cs", "csharp");
        return new Result($"<div class=\"pair\">\n\n{other}\n{code}\n</div>\n\n{Shown(ours)}\n", faults, skipped);
    }

    private async Task<(Output? Output, List<string> Faults)> RunAsync(string name)
    {
        string target = Path.Combine(work, name.Replace('/', '.') + ".dll");
        List<string> faults = [.. await Compiler.CompileAsync(Path.Combine(root, name + ".cs"), target)];
        return faults.Count == 0 ? (await Runner.RunManagedAsync(target), faults) : (null, faults);
    }

    // Without the lines that tell `dotnet run` where the library is.
    private static async Task<string> ShownAsync(string path, string language)
    {
        string text = string.Join('\n', (await File.ReadAllLinesAsync(path)).SkipWhile(static line => line.Length == 0 || line.StartsWith("#:", StringComparison.Ordinal)));
        return $"```{language}\n{text.Trim('\n')}\n```\n";
    }

    private static string Shown(Output output)
        => $"```text\n{output.Text.TrimEnd('\n')}\n```\n{(output.ExitCode == 0 ? "" : $"\nExit code {output.ExitCode}.\n")}";
}
