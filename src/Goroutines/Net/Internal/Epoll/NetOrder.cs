namespace Goroutines.Net.Epoll;

/// <summary>The operations that wait for one direction of a socket, first come first.</summary>
/// <remarks>A doubly linked list through the operations. Owned by the lock of the <see cref="NetQueue"/>, and embedded there by value.</remarks>
internal struct NetOrder
{
    private NetOperation? _first;
    private NetOperation? _last;

    /// <summary>The head, which alone makes calls.</summary>
    internal readonly NetOperation? First => _first;

    internal readonly NetOperation? Last => _last;

    /// <summary>Queues an operation whose caller had the turn, and found nothing.</summary>
    internal void PushFront(NetOperation operation)
    {
        if (_first is null)
        {
            _first = _last = operation;
            return;
        }

        operation.Next = _first;
        _first.Previous = operation;
        _first = operation;
    }

    internal void PushBack(NetOperation operation)
    {
        if (_last is null)
        {
            _first = _last = operation;
            return;
        }

        operation.Previous = _last;
        _last.Next = operation;
        _last = operation;
    }

    internal void Remove(NetOperation operation)
    {
        if (operation.Previous is { } previous)
        {
            previous.Next = operation.Next;
        }
        else
        {
            _first = operation.Next;
        }

        if (operation.Next is { } next)
        {
            next.Previous = operation.Previous;
        }
        else
        {
            _last = operation.Previous;
        }

        operation.Previous = null;
        operation.Next = null;
    }
}
