#pragma warning disable IDE0130 // the name the compiler looks for
namespace System;

/// <summary>The type that the compiler needs for list patterns, which netstandard2.0 lacks.</summary>
internal readonly struct Index(int value, bool fromEnd = false)
{
    public int GetOffset(int length) => fromEnd ? length - value : value;
}
