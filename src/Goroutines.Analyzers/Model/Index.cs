#pragma warning disable IDE0130 // the name the compiler looks for
namespace System;

/// <summary>What the compiler needs for list patterns; netstandard2.0 lacks it.</summary>
internal readonly struct Index(int value, bool fromEnd = false)
{
    public int GetOffset(int length) => fromEnd ? length - value : value;
}
