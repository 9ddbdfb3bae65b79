namespace Goroutines.Race;

/// <summary>Converts the names of compiled code to those in the source. The rewriter applies the same rule to the sites.</summary>
internal static class RaceNames
{
    /// <summary>Returns "Bank.Deposit" for "Samples.Bank/&lt;Deposit&gt;d__3" and "MoveNext", and "Bank.Deposit.func" for a lambda in it.</summary>
    internal static string Of(string type, string method)
    {
        string[] types = type.Split('/', '+');
        string name = types[0][(types[0].LastIndexOf('.') + 1)..];
        string member = method;
        for (int i = 1; i < types.Length; i++)
        {
            if (Inner(types[i]) is { Length: > 0 } inner)
            {
                member = method == "MoveNext" ? inner : member;
            }
            else if (!types[i].StartsWith('<'))
            {
                name += "." + types[i];
            }
        }

        member = Simplify(member);
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(generic < 0 ? name : name[..generic])}.{member}";
    }

    private static string Simplify(string member)
    {
        if (!member.StartsWith('<'))
        {
            return member.StartsWith("get_", StringComparison.Ordinal) || member.StartsWith("set_", StringComparison.Ordinal) ? member[4..] : member;
        }

        string outer = Simplify(Inner(member));
        string rest = member[(Close(member) + 1)..];
        if (rest.StartsWith("g__", StringComparison.Ordinal))
        {
            int end = rest.IndexOf('|', StringComparison.Ordinal);
            return $"{outer}.{(end < 0 ? rest[3..] : rest[3..end])}"; // a local function
        }

        return rest.StartsWith("b__", StringComparison.Ordinal) ? outer + ".func" : outer;
    }

    private static string Inner(string name) => name.StartsWith('<') && Close(name) is var end and > 1 ? name[1..end] : "";

    private static int Close(string name)
    {
        int depth = 0;
        for (int i = 0; i < name.Length; i++)
        {
            depth += name[i] == '<' ? 1 : name[i] == '>' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
