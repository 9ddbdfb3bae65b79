using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Testing.Conducting;

/// <summary>Directs the time only: the ordinary scheduler decides who runs. For <see cref="GoTest.Run(Func{ValueTask}, GoTestOptions?)"/>.</summary>
internal sealed class ClockConductor(TestLimits limits) : TestConductor(limits)
{
    internal override bool Explores => false;

    internal override G? Next(P p) => throw new UnreachableException();

    internal override bool Defers(G g, string operation, object? target) => throw new UnreachableException();

    internal override void Grant(G g) => throw new UnreachableException();

    internal override void Note(G g, string operation, object? target) => throw new UnreachableException();

    internal override int Pick(int count) => throw new UnreachableException();
}
