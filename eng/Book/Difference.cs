namespace Book;

/// <summary>Shows the first line in which two texts differ.</summary>
internal static class Difference
{
    public static string Of(string expected, string actual)
    {
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        return $"  line {line + 1}\n    - {left.ElementAtOrDefault(line)}\n    + {right.ElementAtOrDefault(line)}";
    }
}
