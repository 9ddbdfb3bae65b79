namespace Goroutines.Race.Tests.Corpus;

/// <summary>Marks a program that collects garbage. It runs alone, because a race across a collection is not found.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CollectsGarbageAttribute : Attribute;
