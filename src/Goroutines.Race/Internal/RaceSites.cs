using System.Globalization;
using System.Reflection;

namespace Goroutines.Race;

/// <summary>A place in the program that accesses memory.</summary>
/// <param name="Variable">What it accesses, with its type.</param>
/// <param name="Method">The method, by its name in the source.</param>
/// <param name="File">The file; empty inside the library.</param>
/// <param name="Line">The line.</param>
internal sealed record RaceSite(string Variable, string Method, string File, int Line);

/// <summary>The places of all rewritten assemblies, and those of the library.</summary>
/// <remarks>A site's number is the number of its assembly times 2^20, plus its index in the assembly's list. The list is a resource that is
/// read when a report needs it.</remarks>
internal static class RaceSites
{
    internal const int AddSite = 1;
    internal const int WaitSite = 2;
    internal const int SendSite = 3;
    internal const int CloseSite = 4;

    private const int Shift = 20;
    private const string Resource = "Goroutines.Race.sites";

    private static readonly Dictionary<int, Assembly> s_assemblies = [];
    private static readonly Dictionary<int, string[]> s_lists = [];
    private static readonly RaceSite[] s_library =
    [
        new("memory", "?", "", 0),
        new("WaitGroup", "WaitGroup.Add", "", 0),
        new("WaitGroup", "WaitGroup.Wait", "", 0),
        new("Chan", "Chan.Send", "", 0),
        new("Chan", "Chan.Close", "", 0),
    ];

    internal static void Add(int number, Assembly assembly)
    {
        lock (s_assemblies)
        {
            s_assemblies[number] = assembly;
        }
    }

    internal static RaceSite Find(int site)
    {
        int number = site >> Shift;
        int index = site & ((1 << Shift) - 1);
        if (number == 0)
        {
            return s_library[index < s_library.Length ? index : 0];
        }

        lock (s_assemblies)
        {
            if (!s_lists.TryGetValue(number, out string[]? list))
            {
                using Stream stream = s_assemblies[number].GetManifestResourceStream(Resource)!;
                using StreamReader reader = new(stream);
                s_lists[number] = list = reader.ReadToEnd().Split('\n');
            }

            string[] fields = list[index].Split('\t');
            return new RaceSite(fields[0], fields[1], fields[2], int.Parse(fields[3], CultureInfo.InvariantCulture));
        }
    }
}
