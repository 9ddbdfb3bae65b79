namespace Book;

/// <summary>A place in a page that a program, or a pair of them, is written into.</summary>
internal sealed class Slot(string name, bool isPair, string text)
{
    /// <summary>Gets the path of the programs below docs/book, without what tells one side from the other.</summary>
    public string Name => name;

    public bool IsPair => isPair;

    public string Text { get; set; } = text;
}
