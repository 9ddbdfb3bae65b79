using System.Reflection;
using Xunit;

namespace Goroutines.Tests.Api;

/// <summary>What the public types look like as a whole.</summary>
public class RuntimeSurfaceTests
{
    private static readonly string[] s_ofRuntimesAlone = ["StopAsync", "DisposeAsync", "Default", "Current", "Name"];

    /// <summary><c>Go.X</c> is <c>GoRuntime.Current.X</c> without exception.</summary>
    [Fact]
    public void Go_EveryMember_IsOneOfGoRuntime()
    {
        string[] ofGo = [.. Signatures(typeof(Go), BindingFlags.Static)];
        string[] ofRuntime = [.. Signatures(typeof(GoRuntime), BindingFlags.Instance)];
        string[] missing = [.. ofGo.Except(ofRuntime)];
        Assert.Equal([], missing);
        string[] others = [.. ofRuntime.Except(ofGo).Where(static signature => !s_ofRuntimesAlone.Any(name => signature.Contains(name, StringComparison.Ordinal)))];
        Assert.Equal([], others);
    }

    /// <summary>So that they can grow: get-only properties, and nobody else makes one.</summary>
    [Theory]
    [InlineData(typeof(GoroutineInfo))]
    [InlineData(typeof(PanicInfo))]
    public void Info_Type_IsASealedClassWithoutSettersOrConstructors(Type type)
    {
        Assert.True(type.IsSealed && type.IsClass);
        Assert.Empty(type.GetConstructors());
        Assert.All(type.GetProperties(), static property => Assert.Null(property.GetSetMethod()));
        Assert.Null(type.GetMethod("<Clone>$"));
    }

    private static IEnumerable<string> Signatures(Type type, BindingFlags kind)
    {
        foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.DeclaredOnly | kind))
        {
            IEnumerable<string> parameters = method.GetParameters().Select(static p => $"{p.ParameterType} {p.Name}{(p.HasDefaultValue ? " = …" : "")}");
            string priority = $"{method.GetCustomAttribute<System.Runtime.CompilerServices.OverloadResolutionPriorityAttribute>()?.Priority}";
            yield return $"[{priority}] {method.ReturnType} {method.Name}({string.Join(", ", parameters)})";
        }
    }
}
