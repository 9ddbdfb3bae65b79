using System.Runtime.InteropServices;

namespace Digest;

/// <summary>
/// Tells pipes, sockets and devices from files. Opening a pipe would wait for a writer, and a device may never end;
/// the framework's file attributes don't show them, so this asks Linux. Elsewhere everything passes for a file.
/// </summary>
internal static class FileKind
{
    private const int CurrentFolder = -100;     // AT_FDCWD
    private const int NoFollow = 0x100;         // AT_SYMLINK_NOFOLLOW
    private const uint WantType = 0x1;          // STATX_TYPE
    private const int ModeOffset = 28;          // stx_mode in struct statx, on every architecture
    private const int StatxSize = 256;

    /// <summary>What kind of special file <paramref name="path"/> is, or null for an ordinary one.</summary>
    internal static string? Special(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var status = new byte[StatxSize];
        try
        {
            if (Statx(CurrentFolder, path, NoFollow, WantType, status) != 0)
            {
                return null; // opening it will say what is wrong
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        return (BitConverter.ToUInt16(status, ModeOffset) & 0xF000) switch
        {
            0x1000 => "named pipe",
            0x2000 => "character device",
            0x6000 => "block device",
            0xC000 => "socket",
            _ => null,
        };
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
