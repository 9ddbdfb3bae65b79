using System.Reflection;

namespace Goroutines.Peers;

internal static class PackageVersion
{
    /// <summary>The version of the package that a type comes from, without the commit.</summary>
    public static string Of(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
