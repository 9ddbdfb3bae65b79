#:package Nito.AsyncEx.Coordination

using Nito.AsyncEx;

var gate = new AsyncReaderWriterLock();
int value = 0;

using (await gate.ReaderLockAsync())
using (await gate.ReaderLockAsync())                 // many readers
{
    Console.WriteLine(value);
}

using (await gate.WriterLockAsync())                 // one writer
{
    value = 42;
}

using (await gate.ReaderLockAsync())
{
    Console.WriteLine(value);
}
