using System.Reflection;
using Xunit;

namespace Goroutines.Conformance.Tests;

/// <summary><c>docs/conformance.md</c> and the tests of this project agree.</summary>
public class ConformanceListTests
{
    private const string Namespace = "Goroutines.Conformance.Tests.";

    private static readonly ConformanceList s_list = ConformanceList.Load();

    [Fact]
    public void List_EveryLine_HasTheFormThatIsDescribed()
    {
        Assert.NotEmpty(s_list.Rows);
        AssertNone(s_list.Faults);
    }

    [Fact]
    public void List_EveryGoTest_HasOneOfOursOrAReason() =>
        AssertNone(s_list.Rows.Where(static row => row.Ours.Count == 0 && row.Remark.Length == 0).Select(static row => $"{row.Key} has neither a test nor a reason"));

    [Fact]
    public void List_EveryTestOfOurs_ExistsAndRunsAndNamesGos()
    {
        Dictionary<string, MethodInfo> suite = Suite();
        List<string> faults = [];
        foreach (ConformanceRow row in s_list.Rows)
        {
            foreach (string name in row.Ours)
            {
                if (!suite.TryGetValue(name, out MethodInfo? method))
                {
                    faults.Add($"{name}, listed for {row.Key}, is no test");
                }
                else if (method.GetCustomAttribute<FactAttribute>() is not { } fact || !row.IsNamedBy(fact.DisplayName))
                {
                    faults.Add($"{name}, listed for {row.Key}, does not have a display name that begins \"go: {row.Key}\"");
                }
            }
        }

        AssertNone(faults);
    }

    [Fact]
    public void Suite_EveryTest_IsListedOnce()
    {
        ILookup<string, string> listed = s_list.Rows.SelectMany(static row => row.Ours).ToLookup(static name => name);
        AssertNone(Suite().Keys.Where(name => listed[name].Count() != 1).Select(name => $"{name} stands in {listed[name].Count()} rows"));
    }

    [Fact]
    public void Suite_EveryTest_CanRun()
    {
        ILookup<Type, Type> derived = typeof(ConformanceListTests).Assembly.GetTypes().Where(static type => !type.IsAbstract).ToLookup(static type => type.BaseType!);
        AssertNone(Suite().Values.Where(method => !CanRun(method)).Select(static method => $"{method.DeclaringType}.{method.Name} is never run"));

        bool CanRun(MethodInfo method)
        {
            FactAttribute fact = method.GetCustomAttribute<FactAttribute>()!;
            return (fact.Skip is null || fact.SkipWhen is not null || fact.SkipUnless is not null)
                && (!method.DeclaringType!.IsAbstract || derived[method.DeclaringType].Any());
        }
    }

    [Fact]
    public void Differences_EachThatARowNames_IsExplainedAndTheReverse()
    {
        HashSet<string> named = [.. s_list.Rows.SelectMany(ConformanceList.DifferencesOf)];
        AssertNone(named.Except(s_list.Differences.Keys).Select(static name => $"the difference {name} is not explained"));
        AssertNone(s_list.Differences.Keys.Except(named).Select(static name => $"no row names the difference {name}"));
        AssertNone(s_list.Rows.Where(static row => row.Remark.Contains("iffer", StringComparison.Ordinal) && !ConformanceList.DifferencesOf(row).Any())
            .Select(static row => $"{row.Key} tells of a difference, but not in the form \"Differs: name.\""));
    }

    [Fact]
    public void Counts_AreThoseOfTheRows()
    {
        string right = s_list.CountsOfRows();
        Assert.True(right == s_list.Counts, $"The table of counts should read:{Environment.NewLine}{right}");
    }

    /// <summary>The tests in the folders beside this file, by their names below the namespace.</summary>
    private static Dictionary<string, MethodInfo> Suite() => typeof(ConformanceListTests).Assembly.GetTypes()
        .Where(static type => type.FullName!.StartsWith(Namespace, StringComparison.Ordinal) && type != typeof(ConformanceListTests))
        .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(static method => method.IsDefined(typeof(FactAttribute)))
        .ToDictionary(static method => $"{method.DeclaringType!.FullName}.{method.Name}"[Namespace.Length..]);

    private static void AssertNone(IEnumerable<string> faults)
    {
        string text = string.Join(Environment.NewLine, faults);
        Assert.True(text.Length == 0, text);
    }
}
