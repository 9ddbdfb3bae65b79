using System.Reflection;
using System.Xml.Linq;
using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>What a process has once is listed in one place: <see cref="ProcessState"/>.</summary>
public sealed class ProcessStateTests
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static int s_planted;

    [Fact]
    public void StaticFields_ThatCanChange_AreListed()
    {
        string[] found = [.. typeof(GoRuntime).Assembly.GetTypes().SelectMany(StateOf).Order(StringComparer.Ordinal)];

        Assert.Equal(Listed(), found);
    }

    [Fact]
    public void StateOf_TypeWithAPlantedField_FindsIt()
    {
        s_planted++;

        Assert.Equal(["ProcessStateTests.s_planted"], StateOf(typeof(ProcessStateTests)));
    }

    /// <summary>The table in the documentation comment.</summary>
    private static string[] Listed()
    {
        XDocument documentation = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Goroutines.xml"));
        XElement member = documentation.Descendants("member").Single(static member => member.Attribute("name")?.Value == $"T:{typeof(ProcessState).FullName}");
        return [.. member.Descendants("item").Select(static item => item.Element("term")!.Value.Trim()).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> StateOf(Type type)
        => IsGenerated(type) ? [] : type.GetFields(Statics)
            .Where(static field => !field.IsLiteral && !field.Name.Contains('<') && !(field.IsInitOnly && IsImmutable(field.FieldType)))
            .Select(field => $"{NameOf(type)}.{field.Name}");

    /// <summary>Caches of lambdas, and what belongs to them.</summary>
    private static bool IsGenerated(Type type) => type.Name.Contains('<') || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static string NameOf(Type type)
        => (type.DeclaringType is { } outer ? NameOf(outer) + "." : "") + type.Name.Split('`')[0];

    private static bool IsImmutable(Type type)
        => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(CancellationToken)
            || type == typeof(ExecutionContext) || type.IsAssignableTo(typeof(Delegate)) || type.IsAssignableTo(typeof(MemberInfo)) || HasNoState(type);

    private static bool HasNoState(Type type)
        => ((type is { IsSealed: true, IsArray: false } && type.BaseType == typeof(object)) || type.IsValueType)
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).All(static field => field.IsInitOnly && IsImmutable(field.FieldType));
}
