namespace Goroutines.Runtime;

/// <summary>Why a goroutine is parked (runtime/runtime2.go: <c>waitReason</c>). There is one value for each place that parks.</summary>
internal enum WaitReason : byte
{
    None,
    ChanReceive,
    ChanSend,
    ChanReceiveNil,
    ChanSendNil,
    Select,
    SelectNoCases,
    Sleep,
    Join,
    Task,
    Blocking,
    Scope,
    TestWait,
    IO,
    MutexLock,
    RWMutexLock,
    RWMutexReadLock,
    WaitGroupWait,
    CondWait,
    OnceDo,
    SemaphoreAcquire,
    ErrGroupSpawn,
    SingleFlightDo,
    BarrierWait,
    PipeRead,
    PipeWrite,
}

internal static class WaitReasons
{
    /// <summary>Returns Go's text for the reason, as it appears in a traceback.</summary>
    internal static string Text(this WaitReason reason) => reason switch
    {
        WaitReason.None => "",
        WaitReason.ChanReceive => "chan receive",
        WaitReason.ChanSend => "chan send",
        WaitReason.ChanReceiveNil => "chan receive (nil chan)",
        WaitReason.ChanSendNil => "chan send (nil chan)",
        WaitReason.Select => "select",
        WaitReason.SelectNoCases => "select (no cases)",
        WaitReason.Sleep => "sleep",
        WaitReason.Join => "join",
        WaitReason.Task => "task",
        WaitReason.Blocking => "syscall",
        WaitReason.Scope => "scope",
        WaitReason.TestWait => "synctest.Wait",
        WaitReason.IO => "IO wait",
        WaitReason.MutexLock => "sync.Mutex.Lock",
        WaitReason.RWMutexLock => "sync.RWMutex.Lock",
        WaitReason.RWMutexReadLock => "sync.RWMutex.RLock",
        WaitReason.WaitGroupWait => "sync.WaitGroup.Wait",
        WaitReason.CondWait => "sync.Cond.Wait",
        WaitReason.OnceDo => "sync.Once.Do",
        WaitReason.SemaphoreAcquire => "semacquire",
        WaitReason.ErrGroupSpawn => "errgroup.Group.Go",
        WaitReason.SingleFlightDo => "singleflight.Group.Do",
        WaitReason.BarrierWait => "barrier wait",
        WaitReason.PipeRead => "pipe read",
        WaitReason.PipeWrite => "pipe write",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown wait reason."),
    };
}
