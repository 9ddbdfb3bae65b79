using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Goroutines.Platform;

/// <summary>Tells whose a folder is, which the framework has no call for.</summary>
/// <remarks>Linux: <c>statx</c>, whose structure is the same on all processors. macOS: <c>lstat</c>. Neither follows a link at the end of the path.</remarks>
internal static unsafe partial class FolderOwner
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100;     // AT_SYMLINK_NOFOLLOW
    private const uint TypeAndOwner = 0x9;  // STATX_TYPE | STATX_UID
    private const int TypeMask = 0xF000;    // S_IFMT
    private const int FolderType = 0x4000;  // S_IFDIR
    private const int Size = 256;           // struct statx; struct stat of macOS is smaller

    /// <summary>Tells whether a path names a folder, and not a link to one, that belongs to the user as whom the process runs.</summary>
    /// <returns>true if it does; otherwise, false. null where this cannot be told: on other systems, and where the call fails.</returns>
    internal static bool? IsOwn(string path)
    {
        byte* status = stackalloc byte[Size];
        (int owner, int mode) = OperatingSystem.IsMacOS() ? (16, 4) : (20, 28);
        int result = -1;
        if (OperatingSystem.IsLinux())
        {
            result = Statx(CurrentFolder, path, NoFollow, TypeAndOwner, status);
        }
        else if (OperatingSystem.IsMacOS())
        {
            result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? LinkStatusX64(path, status) : LinkStatus(path, status);
        }

        if (result != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> fields = new(status, Size);
        return (BinaryPrimitives.ReadUInt16LittleEndian(fields[mode..]) & TypeMask) == FolderType && BinaryPrimitives.ReadUInt32LittleEndian(fields[owner..]) == EffectiveUser();
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStatus(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkStatusX64(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
