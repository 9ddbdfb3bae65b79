using System.Collections.Immutable;
using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>Wrappers of the user's own that run a delegate as a goroutine.</summary>
public sealed class GoroutineBodyTests
{
    private const string Code = """
        internal class Snippet
        {
            private static void Start({0}Func<ValueTask> body) => Use(body);

            public void Body()
            {
                for (int i = 0; i < 3; i++)
                {
                    Start(async () => await ComputeAsync(i));
                }
            }
        }
        """;

    [Fact]
    public async Task MarkedParameter_MakesTheLambdaABody()
    {
        ImmutableArray<Diagnostic> found = await Analysis.RunAsync(Analysis.CompileSnippet(Code.Replace("{0}", "[GoroutineBody] ", StringComparison.Ordinal)));
        Assert.Equal(["GOR101"], found.Select(static report => report.Id));
    }

    [Fact]
    public async Task OtherParameter_DoesNot() =>
        Assert.Empty(await Analysis.RunAsync(Analysis.CompileSnippet(Code.Replace("{0}", "", StringComparison.Ordinal))));
}
