using System.Diagnostics.Tracing;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Goroutines.Tests.Support;

/// <summary>
/// Makes the framework trace tasks as a profiler or a debugger does, from the beginning of the process, when the environment
/// variable GOROUTINES_TEST_TRACED asks for it: <c>all</c> or a number of keywords (0x80) of TplEventSource, or <c>debugger</c>.
/// </summary>
internal static class Tracing
{
    /// <summary>What each test that runs under it may look at: the framework then allocates, and wraps continuations.</summary>
    internal static bool IsOn { get; private set; }

    private static EventListener? s_listener;

#pragma warning disable CA2255 // this is an application, and it has to be on before the first task
    [ModuleInitializer]
    internal static void Begin()
#pragma warning restore CA2255
    {
        string? asked = Environment.GetEnvironmentVariable("GOROUTINES_TEST_TRACED");
        if (string.IsNullOrEmpty(asked))
        {
            return;
        }

        IsOn = true;
        if (asked == "debugger")
        {
            typeof(Task).GetField("s_asyncDebuggingEnabled", BindingFlags.NonPublic | BindingFlags.Static)!.SetValue(null, true);
            return;
        }

        s_listener = new Listener(asked == "all" ? EventKeywords.All : (EventKeywords)Convert.ToInt64(asked, 16));
        GC.KeepAlive(s_listener);
    }

    private sealed class Listener(EventKeywords keywords) : EventListener
    {
        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Threading.Tasks.TplEventSource")
            {
                EnableEvents(eventSource, EventLevel.Verbose, keywords);
            }
        }
    }
}
