// A tour of the library: every feature once, each with what was measured and checked on this machine, just now.
// Exits with 0 when every check held, else with the number of steps in which one did not.

using System.Diagnostics;
using System.Globalization;
using Tour;
using Tour.Steps;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

Step[] steps =
[
    new Million(),
    new Rendezvous(),
    new Sieve(),
    new SelectTimeout(),
    new FanIn(),
    new WorkerPool(),
    new Cancellation(),
    new BlockingCalls(),
    new EndlessLoops(),
    new Sleepers(),
    new Stackful(),
    new Locks(),
    new Groups(),
    new Contexts(),
    new Scopes(),
    new Connections(),
    new Panics(),
    new Deadlock(),
    new Dump(),
];

var display = new Display();
display.Heading();

var clock = Stopwatch.StartNew();
var failed = 0;
for (var i = 0; i < steps.Length; i++)
{
    display.Begin(i + 1, steps[i]);
    var findings = new Findings();
    try
    {
        steps[i].Run(findings);
    }
    catch (Exception e)
    {
        findings.Check($"no exception, but there was {e}", false);
    }

    display.End(findings);
    failed += findings.AllHold ? 0 : 1;
}

display.Summary(steps.Length, failed, clock.Elapsed);
return failed;
