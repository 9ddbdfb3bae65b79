using System.Runtime.InteropServices;

namespace Goroutines.Programs;

internal static partial class Libc
{
    [LibraryImport("libc", EntryPoint = "system", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int System(string command);
}
