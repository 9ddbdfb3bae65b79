using System.Diagnostics;
using System.Runtime.Versioning;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>The folder of the sockets has to be the user's own.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SocketFolderTests : IDisposable
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _parent = Directory.CreateTempSubdirectory("goroutines").FullName;

    private string Folder => Path.Combine(_parent, "sockets");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void MakeFolder_None_MakesOneForTheUserAlone()
    {
        SkipOnWindows();
        DiagnosticsSocket.MakeFolder(Folder);
        Assert.Equal(OwnersOnly, File.GetUnixFileMode(Folder));
        DiagnosticsSocket.MakeFolder(Folder); // the next process finds it
    }

    [Fact]
    public void MakeFolder_OpenToOthers_IsRefused()
    {
        SkipOnWindows();
        Directory.CreateDirectory(Folder, OwnersOnly | UnixFileMode.GroupExecute);
        Assert.Throws<UnauthorizedAccessException>(() => DiagnosticsSocket.MakeFolder(Folder));
    }

    [Fact]
    public void MakeFolder_LinkToAFolder_IsRefused()
    {
        SkipOnWindows();
        string target = Path.Combine(_parent, "target");
        Directory.CreateDirectory(target, OwnersOnly);
        File.CreateSymbolicLink(Folder, target);
        Assert.Contains("is a link", Assert.Throws<UnauthorizedAccessException>(() => DiagnosticsSocket.MakeFolder(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MakeFolder_OfAnotherUser_IsRefused()
    {
        SkipOnWindows();
        Directory.CreateDirectory(Folder, OwnersOnly);
        using (Process chown = Process.Start(new ProcessStartInfo("chown", ["1", Folder]) { RedirectStandardError = true })!)
        {
            chown.WaitForExit();
            Assert.SkipUnless(chown.ExitCode == 0, "Only an administrator can give a folder away.");
        }

        Assert.Contains("another user", Assert.Throws<UnauthorizedAccessException>(() => DiagnosticsSocket.MakeFolder(Folder)).Message, StringComparison.Ordinal);
    }

    private static void SkipOnWindows() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no owner and mode of this kind.");
}
