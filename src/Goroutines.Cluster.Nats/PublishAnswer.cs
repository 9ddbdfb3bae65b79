using System.Text.Json;
using NATS.Client.JetStream.Models;

namespace Goroutines.Cluster.Nats;

/// <summary>The server's answer to a message for a stream.</summary>
/// <param name="Sequence">The sequence number of the message, or of the earlier one with its id; 0 for none.</param>
/// <param name="IsDuplicate">Whether a message with this id is known.</param>
/// <param name="Error">Why the server has not stored the message; null if it has.</param>
internal readonly record struct PublishAnswer(long Sequence, bool IsDuplicate, ApiError? Error)
{
    /// <summary>The answer is a single small object, which this reads in one pass, for each value that is sent.</summary>
    internal static PublishAnswer Read(in NatsArrival answer)
    {
        if (answer.Payload.IsEmpty)
        {
            return default; // a status of the server
        }

        Utf8JsonReader json = new(answer.Payload);
        long sequence = 0;
        bool duplicate = false;
        ApiError? error = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("seq"u8))
            {
                json.Read();
                sequence = json.GetInt64();
            }
            else if (json.ValueTextEquals("duplicate"u8))
            {
                json.Read();
                duplicate = json.GetBoolean();
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                error = ReadError(ref json);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return new PublishAnswer(sequence, duplicate, error);
    }

    /// <summary>Reads the server's description of an error.</summary>
    internal static ApiError ReadError(ref Utf8JsonReader json)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref json);
        return new ApiError
        {
            Code = Number(document, "code"),
            ErrCode = Number(document, "err_code"),
            Description = document.RootElement.TryGetProperty("description", out JsonElement text) ? text.GetString() ?? "" : "",
        };
    }

    private static int Number(JsonDocument document, string name) => document.RootElement.TryGetProperty(name, out JsonElement number) ? number.GetInt32() : 0;
}
