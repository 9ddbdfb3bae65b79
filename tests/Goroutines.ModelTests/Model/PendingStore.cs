namespace Goroutines.ModelTests.Model;

/// <summary>A store that is still in its thread's store buffer.</summary>
internal sealed class PendingStore
{
    internal required Location Location;
    internal required nint Address;
    internal required int Size;
    internal required long Word;
    internal required object? Reference;
    internal required bool IsReference;
    internal required int Site;

    /// <summary>Whether stores before it have to be seen first, also where the machine reorders stores.</summary>
    internal required bool Release;

    /// <summary>The thread's clock when it stored.</summary>
    internal required int[] Clock;

    /// <summary>Its event; see <see cref="OrderGraph"/>.</summary>
    internal required int Order;

    /// <summary>The loads of its thread that have found it here.</summary>
    internal List<int>? Loads { get; set; }

    internal unsafe void Perform()
    {
        if (IsReference)
        {
            System.Runtime.CompilerServices.Unsafe.AsRef<object?>((void*)Address) = Reference;
            return;
        }

        switch (Size)
        {
            case 1:
                *(byte*)Address = (byte)Word;
                break;
            case 2:
                *(short*)Address = (short)Word;
                break;
            case 4:
                *(int*)Address = (int)Word;
                break;
            default:
                *(long*)Address = Word;
                break;
        }
    }
}
