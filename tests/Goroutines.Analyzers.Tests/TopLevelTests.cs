using Goroutines.Analyzers.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Goroutines.Analyzers.Tests;

/// <summary>Programs without a Main: the compiler hands their statements to the rules in another form than a method's.</summary>
public sealed class TopLevelTests
{
    [Theory]
    [InlineData("GOR301", """
        await Work(new GoMutex(), true);

        static async Task Work(GoMutex mutex, bool done)
        {
            await mutex.LockAsync();
            if (done)
            {
                return;
            }

            mutex.Unlock();
        }
        """)]
    [InlineData("GOR301", """
        var mutex = new GoMutex();
        foreach (string word in args)
        {
            await mutex.LockAsync();
            if (word.Length == 0)
            {
                continue;
            }

            mutex.Unlock();
        }
        """)]
    [InlineData("GOR310", """
        var mutex = new GoMutex();
        Goroutine other = Go.Run(async () =>
        {
            using (await mutex.LockAsync())
            {
                Use(1);
            }
        });
        using (await mutex.LockAsync())
        {
            await other;
        }
        """)]
    [InlineData("", """
        var mutex = new GoMutex();
        foreach (string word in args)
        {
            await mutex.LockAsync();
            Use(word);
            mutex.Unlock();
        }
        """)]
    public async Task Statements_OfAProgram_AreLookedAt(string rule, string code)
    {
        CSharpCompilation compilation = Analysis.CompileSnippet(code);
        compilation = compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication));
        Assert.Equal(rule.Length == 0 ? [] : [rule], (await Analysis.RunAsync(compilation)).Select(static report => report.Id));
    }
}
