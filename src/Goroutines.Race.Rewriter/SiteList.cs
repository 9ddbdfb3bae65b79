using System.Globalization;
using System.Text;
using Mono.Cecil.Cil;

namespace Goroutines.Race.Rewriter;

/// <summary>The places of an assembly that access memory: a line each, with the variable, the method, the file and the line, separated by tabs.</summary>
internal sealed class SiteList(int number)
{
    private const int Shift = 20;

    private readonly List<string> _lines = [];

    internal int Count => _lines.Count;

    internal int Add(string variable, string method, SequencePoint? place)
    {
        if (_lines.Count == 1 << Shift)
        {
            throw new NotSupportedException("The assembly has more than a million accesses to memory.");
        }

        _lines.Add($"{variable}\t{method}\t{place?.Document.Url ?? ""}\t{(place?.StartLine ?? 0).ToString(CultureInfo.InvariantCulture)}");
        return (number << Shift) + _lines.Count - 1;
    }

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join('\n', _lines));
}
