using System.Diagnostics;
using Goroutines.Runtime;

namespace Goroutines.Testing.Driving;

/// <summary>Directs only the time, for <see cref="GoTest.Run(Func{ValueTask}, GoTestOptions?)"/>. The ordinary scheduler decides which
/// goroutine runs.</summary>
internal sealed class ClockDriver(TestLimits limits) : TestDriver(limits)
{
    internal override bool Explores => false;

    internal override G? Next(P p) => throw new UnreachableException();

    internal override bool BeforeOperation(G g, string operation, object? target) => throw new UnreachableException();

    internal override void Grant(G g) => throw new UnreachableException();

    internal override void Observe(G g, string operation, object? target) => throw new UnreachableException();

    internal override int Pick(int count) => throw new UnreachableException();
}
