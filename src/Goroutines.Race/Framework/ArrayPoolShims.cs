using System.Buffers;
using System.ComponentModel;

namespace Goroutines.Race;

/// <summary>Replaces the methods of <see cref="ArrayPool{T}"/>: what is done with an array before it is returned comes before all that is done
/// with it after it is rented. An access between the two is a race with the next renter's.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RaceShim(typeof(ArrayPool<>))]
public static class ArrayPoolShims
{
    /// <inheritdoc cref="ArrayPool{T}.Rent"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static T[] Rent<T>(ArrayPool<T> self, int minimumLength)
    {
        T[] rented = self.Rent(minimumLength);
        if (rented.Length != 0)
        {
            FrameworkSync.Acquire(rented);
        }

        return rented;
    }

    /// <inheritdoc cref="ArrayPool{T}.Return"/>
    /// <typeparam name="T">The type of the elements.</typeparam>
    public static void Return<T>(ArrayPool<T> self, T[] array, bool clearArray, int site)
    {
        if (clearArray)
        {
            RaceRange.Access(array, AccessKind.Write, site);
        }

        if (array is { Length: not 0 })
        {
            FrameworkSync.Release(array);
        }

        self.Return(array!, clearArray);
    }
}
