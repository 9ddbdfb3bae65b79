#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var gate = new GoRWMutex();
int value = 0;

Goroutine<Holder> other = Go.Run(() => gate.ReadLockAsync());
using (await gate.ReadLockAsync())
using (await other)                                  // many readers
{
    Console.WriteLine(value);
}

using (await gate.LockAsync())                       // one writer
{
    value = 42;
}

using (await gate.ReadLockAsync())
{
    Console.WriteLine(value);
}
