using Goroutines.Conformance.Tests.Chan.PowerSeries;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>Go's <c>test/chan/powser1.go</c> and <c>powser2.go</c>: power series, whose coefficients are values or objects behind an interface.</summary>
public class PowerSeriesTests
{
    public static TheoryData<string> Names => [.. SeriesChecks<Rational, ValueWire>.Names];

    [Theory(DisplayName = "go: test/chan/powser1.go")]
    [MemberData(nameof(Names))]
    public Task Values_Coefficients_AreRight(string name) => SeriesChecks<Rational, ValueWire>.Run(name);

    [Fact(DisplayName = "go: test/chan/powser1.go: split")]
    public Task Values_SplitReadAtDifferentRates_GivesBothEverything() => SeriesChecks<Rational, ValueWire>.RunSplit();

    [Theory(DisplayName = "go: test/chan/powser2.go")]
    [MemberData(nameof(Names))]
    public Task Interfaces_Coefficients_AreRight(string name) => SeriesChecks<InterfaceWire.IItem, InterfaceWire>.Run(name);

    [Fact(DisplayName = "go: test/chan/powser2.go: split")]
    public Task Interfaces_SplitReadAtDifferentRates_GivesBothEverything() => SeriesChecks<InterfaceWire.IItem, InterfaceWire>.RunSplit();
}
