using System.Text;

namespace Goroutines.AspNetCore;

/// <summary>A whole message of a WebSocket.</summary>
/// <param name="Data">The bytes, which belong to the message.</param>
/// <param name="IsText">Whether it is text in UTF-8; otherwise it is binary.</param>
public readonly record struct WebSocketMessage(ReadOnlyMemory<byte> Data, bool IsText)
{
    /// <summary>Gets the message as text.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>Creates a text message.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public static WebSocketMessage From(string text) => new(Encoding.UTF8.GetBytes(text), IsText: true);
}
