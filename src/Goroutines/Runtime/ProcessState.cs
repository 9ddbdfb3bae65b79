namespace Goroutines.Runtime;

/// <summary>The list of all state that a process has once, whatever the number of its runtimes. There is nothing else here.</summary>
/// <remarks>
/// <para>What goroutines do belongs to their runtime, and tests run many of these side by side. So whatever a runtime can hold is held
/// there; a static field needs a reason of the kind below. A test reads this table and compares it with the assembly: a
/// static field that can change, or refers to an object that can, has to be listed. <c>t_</c> fields are one for each thread.</para>
/// <list type="table">
/// <listheader><term>Field</term><description>What it is</description></listheader>
/// <item><term><c>M.t_current</c></term><description>The worker that the thread is. Set by the thread when it begins and ends to be one.</description></item>
/// <item><term><c>ThreadWait.t_current</c></term><description>The wait of a thread that is no worker, kept from one blocking call to the next.</description></item>
/// <item><term><c>PanicReports.t_inHandler</c></term><description>Whether the thread runs a panic handler, which must not wait for handlers.</description></item>
/// <item><term><c>Pooled.t_spares</c></term><description>Pooled waiters of a thread without a P.</description></item>
/// <item><term><c>GoRuntime.s_default</c></term><description>The process-wide runtime, made on first use.</description></item>
/// <item><term><c>NetBackend.s_default</c></term><description>What sockets are made of on this system, chosen on first use.</description></item>
/// <item><term><c>LastingRuntimes.s_runtimes</c></term><description>The runtimes that meters and the proof of a deadlock ask, held weakly, under the list's lock.</description></item>
/// <item><term><c>WaitSource.AnyRuntimeStopped</c></term><description>Whether any runtime was ever stopped. Goes from false to true: until then waits need not ask.</description></item>
/// <item><term><c>Exploration.s_gate</c></term><description>Guards the count below.</description></item>
/// <item><term><c>Exploration.s_runtimes</c></term><description>How many runtimes explore schedules.</description></item>
/// <item><term><c>HolderTracking.s_gate</c></term><description>Guards the two below.</description></item>
/// <item><term><c>HolderTracking.s_users</c></term><description>How many want locks to note their holders: locks belong to no runtime.</description></item>
/// <item><term><c>HolderTracking.s_epoch</c></term><description>Tells one stretch of tracking from the next.</description></item>
/// <item><term><c>ObjectNames.s_entries</c></term><description>Numbers and names of channels and locks, which belong to no runtime.</description></item>
/// <item><term><c>ObjectNames.s_last</c></term><description>The last number that was given to such an object.</description></item>
/// <item><term><c>SpawnNotes.s_notes</c></term><description>What was noted of goroutines when they were made, beside them.</description></item>
/// <item><term><c>SpawnNotes.s_wanted</c></term><description>What is noted of new goroutines, one bit each.</description></item>
/// <item><term><c>Scheduler.s_lastNumber</c></term><description>The last number that was given to a runtime: a lock names its holder by it.</description></item>
/// <item><term><c>RuntimeEvents.Started</c></term><description>Who hears of runtimes that are made, for traces and events.</description></item>
/// <item><term><c>RuntimeEvents.Stopped</c></term><description>Likewise of those that stop.</description></item>
/// <item><term><c>RuntimeEvents.Panicked</c></term><description>Likewise of panics.</description></item>
/// <item><term><c>RuntimeEvents.DeadlockSuspected</c></term><description>Likewise of runtimes that are quiet while a Main waits.</description></item>
/// <item><term><c>RuntimeEvents.Deadlocked</c></term><description>Likewise of deadlocks.</description></item>
/// <item><term><c>RuntimeEvents.Collected</c></term><description>Likewise of goroutines that were collected while parked.</description></item>
/// <item><term><c>TraceSites.s_adding</c></term><description>Guards the two below against other writers.</description></item>
/// <item><term><c>TraceSites.s_numbers</c></term><description>Creation sites that traces have met, by place: a number for each.</description></item>
/// <item><term><c>TraceSites.s_sites</c></term><description>The same by number.</description></item>
/// <item><term><c>OperationHooks.s_bits</c></term><description>Which hooks are on, one bit each: operations read it before anything else.</description></item>
/// <item><term><c>ThreadLimit.s_reserved</c></term><description>Threads of all runtimes: the limit is the system's.</description></item>
/// <item><term><c>ThreadLimit.s_lookAt</c></term><description>At how many of them the system's limits are read again.</description></item>
/// <item><term><c>ThreadLimit.s_default</c></term><description>The default of MaxThreads, worked out once.</description></item>
/// <item><term><c>ThreadLimit.s_lock</c></term><description>Guards the two above.</description></item>
/// <item><term><c>ProcessorCount.s_default</c></term><description>The default of MaxProcs, worked out once.</description></item>
/// <item><term><c>KeptFailure.s_lock</c></term><description>Guards the list below.</description></item>
/// <item><term><c>KeptFailure.s_first</c></term><description>The failures that handles keep, which the end of the process tells of: it ends all runtimes at once.</description></item>
/// <item><term><c>KeptFailure.s_dropped</c></term><description>Those whose handle was collected, from the finalizer's thread to the one that reports.</description></item>
/// <item><term><c>KeptFailure.s_watchesExit</c></term><description>Whether the end of the process is watched already.</description></item>
/// <item><term><c>KeptFailure.s_processExits</c></term><description>Whether the process is ending.</description></item>
/// <item><term><c>DeadlockDetector.s_saidAsleep</c></term><description>Whether the line about sleeping goroutines has been written: once in a process.</description></item>
/// <item><term><c>GoRuntimeOptions.s_warned</c></term><description>Whether an unusable environment variable has been warned of.</description></item>
/// <item><term><c>CollectedNotice.s_notices</c></term><description>The notice that lives as long as its goroutine does, where a handler is set.</description></item>
/// <item><term><c>ChanIds.s_last</c></term><description>The last id that was given to a channel, for traces.</description></item>
/// <item><term><c>PoolKinds.s_count</c></term><description>How many kinds of pooled objects there are; each has a number.</description></item>
/// <item><term><c>TaskFeed.s_feeds</c></term><description>The feed of a task that a select waits for, one for each task.</description></item>
/// <item><term><c>TaskFeed.s_ended</c></term><description>A channel that is closed: never changes.</description></item>
/// <item><term><c>CancelNode.s_closed</c></term><description>A channel that is closed: never changes.</description></item>
/// <item><term><c>SignalRegistrations.s_lock</c></term><description>Guards the set below.</description></item>
/// <item><term><c>SignalRegistrations.s_registered</c></term><description>Who is told of signals, which the system sends to the process.</description></item>
/// <item><term><c>SignalChannel.s_registrations</c></term><description>The registrations of a channel, as long as the channel lives.</description></item>
/// <item><term><c>NetPoll.s_noWait2</c></term><description>Whether the kernel has no epoll_pwait2. Goes from false to true.</description></item>
/// <item><term><c>Conn.s_dialer</c></term><description>The dialer without options: never changes.</description></item>
/// <item><term><c>PipeEndPoint.Instance</c></term><description>The address of pipes: never changes.</description></item>
/// <item><term><c>ClosedWorld.s_passive</c></term><description>Names of threads: never changes.</description></item>
/// <item><term><c>Metrics.s_meter</c></term><description>The meter, made when the first runtime has lasted.</description></item>
/// <item><term><c>FrameworkInternals.s_probe</c></term><description>What the probe of the framework's private members has found, once.</description></item>
/// <item><term><c>FrameworkInternals.s_missing</c></term><description>Those members that were missing.</description></item>
/// <item><term><c>FrameworkInternals.s_said</c></term><description>Whether that has been written.</description></item>
/// </list>
/// </remarks>
internal static class ProcessState;
