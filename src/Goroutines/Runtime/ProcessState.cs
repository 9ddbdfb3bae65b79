namespace Goroutines.Runtime;

/// <summary>Lists all state that exists once per process, whatever the number of runtimes. This class has no other purpose.</summary>
/// <remarks>
/// <para>Goroutine state belongs to a runtime, and tests run many runtimes side by side. So everything that a runtime can hold is held
/// there; a static field needs a reason of the kind below. A test reads this table and compares it with the assembly: every static
/// field that can change, or refers to an object that can, has to be listed. There is one copy of a <c>t_</c> field for each
/// thread.</para>
/// <list type="table">
/// <listheader><term>Field</term><description>What it is</description></listheader>
/// <item><term><c>M.t_current</c></term><description>The worker that the thread is. The thread sets it when it starts and stops being a worker.</description></item>
/// <item><term><c>ThreadWait.t_current</c></term><description>The wait of a thread that is not a worker, kept from one blocking call to the next.</description></item>
/// <item><term><c>PanicReports.t_inHandler</c></term><description>Whether the thread runs a panic handler, which must not wait for handlers.</description></item>
/// <item><term><c>Pooled.t_spares</c></term><description>Pooled waiters of a thread without a P.</description></item>
/// <item><term><c>GoRuntime.s_default</c></term><description>The process-wide runtime, made on first use.</description></item>
/// <item><term><c>NetBackend.s_default</c></term><description>The implementation of sockets on this system, chosen on first use.</description></item>
/// <item><term><c>LastingRuntimes.s_runtimes</c></term><description>The runtimes that meters and the deadlock proof ask, held weakly, under the list's lock.</description></item>
/// <item><term><c>WaitSource.AnyRuntimeStopped</c></term><description>Whether any runtime was ever stopped. Changes once, from false to true; until then waits need not check.</description></item>
/// <item><term><c>Exploration.s_gate</c></term><description>Guards the count below.</description></item>
/// <item><term><c>Exploration.s_runtimes</c></term><description>How many runtimes explore schedules.</description></item>
/// <item><term><c>HolderTracking.s_gate</c></term><description>Guards the two below.</description></item>
/// <item><term><c>HolderTracking.s_users</c></term><description>How many users want locks to record their holders: locks belong to no runtime.</description></item>
/// <item><term><c>HolderTracking.s_epoch</c></term><description>Distinguishes one period of tracking from the next.</description></item>
/// <item><term><c>ObjectNames.s_entries</c></term><description>Numbers and names of channels and locks, which belong to no runtime.</description></item>
/// <item><term><c>ObjectNames.s_last</c></term><description>The last number that was given to such an object.</description></item>
/// <item><term><c>SpawnNotes.s_notes</c></term><description>What was recorded about goroutines when they were created, kept beside them.</description></item>
/// <item><term><c>SpawnNotes.s_wanted</c></term><description>What is recorded about new goroutines, one bit each.</description></item>
/// <item><term><c>Scheduler.s_lastNumber</c></term><description>The last number that was given to a runtime: a lock names its holder by it.</description></item>
/// <item><term><c>RuntimeEvents.Started</c></term><description>The subscribers to the creation of runtimes, for traces and events.</description></item>
/// <item><term><c>RuntimeEvents.Stopped</c></term><description>The subscribers to the stop of runtimes.</description></item>
/// <item><term><c>RuntimeEvents.Panicked</c></term><description>The subscribers to panics.</description></item>
/// <item><term><c>RuntimeEvents.DeadlockSuspected</c></term><description>The subscribers to runtimes that are quiet while a Main waits.</description></item>
/// <item><term><c>RuntimeEvents.Deadlocked</c></term><description>The subscribers to deadlocks.</description></item>
/// <item><term><c>RuntimeEvents.Collected</c></term><description>The subscribers to goroutines that were collected while parked.</description></item>
/// <item><term><c>CreationSite.s_recent</c></term><description>The files and lines of the last statements that created goroutines, shared by their goroutines.</description></item>
/// <item><term><c>MethodNames.s_ofBoxes</c></term><description>The method behind each type of boxed state machine, held weakly: reflection finds it once.</description></item>
/// <item><term><c>TraceSites.s_adding</c></term><description>Guards the two below against other writers.</description></item>
/// <item><term><c>TraceSites.s_numbers</c></term><description>The number of each creation site that traces have met, by place.</description></item>
/// <item><term><c>TraceSites.s_sites</c></term><description>The same sites by number.</description></item>
/// <item><term><c>OperationHooks.s_bits</c></term><description>Which hooks are on, one bit each. Operations read it before anything else.</description></item>
/// <item><term><c>RaceHooks.s_observer</c></term><description>The race detector, set before the first goroutine it concerns and never changed: it watches memory, which belongs to no runtime.</description></item>
/// <item><term><c>ThreadLimit.s_reserved</c></term><description>The number of threads of all runtimes: the limit is the system's.</description></item>
/// <item><term><c>ThreadLimit.s_lookAt</c></term><description>The number of threads at which the system's limits are read again.</description></item>
/// <item><term><c>ThreadLimit.s_default</c></term><description>The default of MaxThreads, computed once.</description></item>
/// <item><term><c>ThreadLimit.s_lock</c></term><description>Guards the two above.</description></item>
/// <item><term><c>ProcessorCount.s_default</c></term><description>The default of MaxProcs, computed once.</description></item>
/// <item><term><c>KeptFailure.s_lock</c></term><description>Guards the list below.</description></item>
/// <item><term><c>KeptFailure.s_first</c></term><description>The failures that handles keep, which are reported when the process ends: that ends all runtimes at once.</description></item>
/// <item><term><c>KeptFailure.s_dropped</c></term><description>The failures whose handle was collected, on their way from the finalizer thread to the one that reports.</description></item>
/// <item><term><c>KeptFailure.s_watchesExit</c></term><description>Whether the end of the process is watched already.</description></item>
/// <item><term><c>KeptFailure.s_processExits</c></term><description>Whether the process is ending.</description></item>
/// <item><term><c>DeadlockDetector.s_saidAsleep</c></term><description>Whether the line about sleeping goroutines has been written; it is written once in a process.</description></item>
/// <item><term><c>GoRuntimeOptions.s_warned</c></term><description>Whether a warning about an unusable environment variable has been written.</description></item>
/// <item><term><c>CollectedNotice.s_notices</c></term><description>The notice of each goroutine, which lives as long as the goroutine does, if a handler is set.</description></item>
/// <item><term><c>ChanIds.s_last</c></term><description>The last id that was given to a channel, for traces.</description></item>
/// <item><term><c>PoolKinds.s_count</c></term><description>The number of kinds of pooled objects; each kind has a number.</description></item>
/// <item><term><c>TaskFeed.s_feeds</c></term><description>The feed of each task that a select waits for.</description></item>
/// <item><term><c>TaskFeed.s_ended</c></term><description>A channel that is closed: never changes.</description></item>
/// <item><term><c>CancelNode.s_closed</c></term><description>A channel that is closed: never changes.</description></item>
/// <item><term><c>SignalRegistrations.s_lock</c></term><description>Guards the set below.</description></item>
/// <item><term><c>SignalRegistrations.s_registered</c></term><description>The receivers of signals, which the system sends to the process.</description></item>
/// <item><term><c>SignalChannel.s_registrations</c></term><description>The registrations of a channel, kept as long as the channel lives.</description></item>
/// <item><term><c>NetPoll.s_noWait2</c></term><description>Whether the kernel has no epoll_pwait2. Changes once, from false to true.</description></item>
/// <item><term><c>Conn.s_dialer</c></term><description>The dialer without options: never changes.</description></item>
/// <item><term><c>PipeEndPoint.Instance</c></term><description>The address of pipes: never changes.</description></item>
/// <item><term><c>ClosedWorld.s_passive</c></term><description>Names of threads: never changes.</description></item>
/// <item><term><c>Metrics.s_meter</c></term><description>The meter, made when the first runtime has lasted.</description></item>
/// <item><term><c>FrameworkInternals.s_probe</c></term><description>The result of the probe of the framework's private members, which runs once.</description></item>
/// <item><term><c>FrameworkInternals.s_missing</c></term><description>The members that were missing.</description></item>
/// <item><term><c>FrameworkInternals.s_noHints</c></term><description>Whether the member that hints need was missing.</description></item>
/// <item><term><c>FrameworkInternals.s_said</c></term><description>Whether the missing members have been reported.</description></item>
/// </list>
/// </remarks>
internal static class ProcessState;
