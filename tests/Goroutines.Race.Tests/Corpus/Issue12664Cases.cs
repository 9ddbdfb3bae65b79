using static Goroutines.Race.Tests.Corpus.Shorthand;

namespace Goroutines.Race.Tests.Corpus;

/// <summary>What issue12664_test.go of Go's race detector checks: static variables beside conversions to interfaces.</summary>
[GoFile("issue12664_test.go")]
internal static class Issue12664Cases
{
    private static string s_first = "hi";
    private static int s_second;
    private static int s_third;
    private static int s_fourth;

    internal static Task RaceIssue12664() => Beside(static () => s_first = "bye", static () => Use<object>(s_first));

    internal static Task RaceIssue12664_2() => Beside(static () => s_second = 1, static () => Use<IComparable>(s_second));

    internal static Task RaceIssue12664_3()
    {
        object value = 0;
        return Beside(static () => s_third = 1, () => s_third = (int)value);
    }

    internal static Task RaceIssue12664_4()
    {
        IComparable value = 0;
        return Beside(static () => s_fourth = 1, () => s_fourth = (int)value);
    }
}
