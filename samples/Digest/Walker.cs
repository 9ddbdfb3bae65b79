using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using Goroutines;

namespace Digest;

/// <summary>What the walk came across.</summary>
internal enum EntryKind
{
    File,
    Folder,
    Link,
    Special,
    Unreadable,
}

/// <summary>One entry of the tree; <see cref="Detail"/> is for special files and unreadable folders.</summary>
internal readonly record struct Entry(EntryKind Kind, string Path, long Length = 0, Outcome Detail = default);

/// <summary>
/// Walks a tree. Symbolic links are reported and not followed, so the walk ends. Each folder is listed in one blocking
/// region, since listing may wait for a disk or a network, and goes out entry by entry afterwards.
/// </summary>
internal static class Walker
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Every entry below <paramref name="root"/> but the folders themselves.</summary>
    internal static async IAsyncEnumerable<Entry> WalkAsync(
        string root, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folders = new Stack<string>();
        folders.Push(root);
        var entries = new List<Entry>();

        while (folders.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Clear();
            using (Go.EnterBlocking())
            {
                List(folder, entries);
            }

            foreach (var entry in entries)
            {
                if (entry.Kind == EntryKind.Folder)
                {
                    folders.Push(entry.Path);
                }
                else
                {
                    yield return entry;
                }
            }

            await Go.Yield();
        }
    }

    private static void List(string folder, List<Entry> entries)
    {
        try
        {
            entries.AddRange(new FileSystemEnumerable<Entry>(
                folder,
                (ref FileSystemEntry entry) => Describe(ref entry, entry.ToSpecifiedFullPath()),
                s_everything));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            entries.Add(new Entry(EntryKind.Unreadable, folder, Detail: Outcome.Failure(folder, e)));
        }
    }

    private static Entry Describe(ref FileSystemEntry entry, string path)
    {
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return new Entry(EntryKind.Link, path);
        }

        if (entry.IsDirectory)
        {
            return new Entry(EntryKind.Folder, path);
        }

        // Only empty files need the second look: special files have no length.
        var length = entry.Length;
        return length == 0 && FileKind.Special(path) is { } special
            ? new Entry(EntryKind.Special, path, Detail: new Outcome(OutcomeKind.Special, path, special))
            : new Entry(EntryKind.File, path, length);
    }
}
