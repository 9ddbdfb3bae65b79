namespace Goroutines.Runtime;

/// <summary>The names and messages that events refer to by number.</summary>
/// <remarks>
/// Under its own lock. Names of regions and categories are few, and kept: a further one beyond <see cref="MostNames"/> has number 0, "…".
/// Messages are many: the last <see cref="MostMessages"/> are kept, and what an older event said is gone. So what it holds is bounded
/// by the numbers, and by <see cref="LongestText"/> a text.
/// </remarks>
internal sealed class TraceTexts
{
    internal const int MostNames = 4096;
    internal const int MostMessages = 4096;
    internal const int LongestText = 1024;

    private const string Dots = "…";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _names = [Dots];
    private readonly string[] _messages = new string[MostMessages];
    private long _messageCount;

    internal int NumberOfName(string name)
    {
        lock (_lock)
        {
            if (_numbers.TryGetValue(name, out int number))
            {
                return number;
            }

            if (_names.Count > MostNames)
            {
                return 0;
            }

            number = _names.Count;
            _names.Add(Cut(name));
            _numbers[name] = number;
            return number;
        }
    }

    internal long AddMessage(string message)
    {
        lock (_lock)
        {
            _messages[_messageCount % MostMessages] = Cut(message);
            return _messageCount++;
        }
    }

    internal string Name(long number)
    {
        lock (_lock)
        {
            return number >= 0 && number < _names.Count ? _names[(int)number] : Dots;
        }
    }

    internal string Message(long number)
    {
        lock (_lock)
        {
            return number >= 0 && number < _messageCount && number >= _messageCount - MostMessages ? _messages[number % MostMessages] : Dots;
        }
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), Dots);
}
