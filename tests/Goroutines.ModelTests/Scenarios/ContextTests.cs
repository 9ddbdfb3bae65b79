using Goroutines.Context;
using Goroutines.ModelTests.Model;
using Xunit;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>Contexts below a token of the framework's.</summary>
public class ContextTests
{
    [Fact]
    public void MadeWhileTheTokenIsCancelled() => Verify.Holds(AttachAgainstCancel);

    [Fact]
    public void MadeWhileTheTokenIsCancelled_LoadsReordered() => Verify.HoldsReordered(AttachAgainstCancel);

    [Fact]
    public void Planted_KeptWithoutALook() => Verify.Finds(AttachAgainstCancel, Plant.Blind("CancelNode.KeepRegistration Load CancelNode._err"));

    /// <summary>The child ends, and keeps nothing of the token, however far its registration has got.</summary>
    private static ModelProgram AttachAgainstCancel()
    {
        ModelToken token = new();
        CancelNode node = new(new TokenSource(token.Token));
        return new ModelProgram
        {
            Check = () =>
            {
                Assert.NotNull(node.Err);
                Assert.False(node.HasRegistration);
            },
        }
            .Thread("maker", node.Attach)
            .Thread("canceller", token.Cancel);
    }
}
