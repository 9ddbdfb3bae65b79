using System.Reflection;
using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Whether any runtime explores schedules, which every operation asks first: one that misses the answer skips a choice.</summary>
public class ExplorationTests
{
    private static readonly ExplorerOptions s_steps = new() { ExploreLocks = true };

    [Fact]
    public void TwoRuntimes_EachSeesItOnUntilItsOwnEnd() => Verify.Holds(Two, s_steps);

    [Fact]
    public void Planted_WithoutTheLock() => Verify.Finds(Two, Plant.Weaken("SpinMutex.Enter CompareExchange _held"), s_steps);

    private static ModelProgram Two()
    {
        Reset(typeof(Runtime.Exploration));
        Reset(typeof(Runtime.OperationHooks));
        ModelProgram program = new() { Check = static () => Assert.False(Runtime.OperationHooks.Any, "It stayed on.") };
        for (int i = 0; i < 2; i++)
        {
            program.Thread($"{i}", static () =>
            {
                Runtime.Exploration.Begin();
                Assert.True(Runtime.OperationHooks.Any, "The end of the other one switched it off.");
                Runtime.Exploration.End();
            });
        }

        return program;
    }

    /// <summary>An execution that was cut off leaves the fields as they were.</summary>
    private static void Reset(Type type)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(static field => !field.IsLiteral))
        {
            field.SetValue(null, Activator.CreateInstance(field.FieldType));
        }
    }
}
