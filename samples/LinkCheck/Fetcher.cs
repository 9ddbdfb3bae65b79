using System.Net.Http.Headers;
using Goroutines;

namespace LinkCheck;

/// <summary>Makes requests. Each goes through its host's gate and a limit for all hosts, has a deadline, and is retried if its failure may
/// be temporary.</summary>
internal sealed class Fetcher(CheckOptions options, HttpMessageInvoker client, Progress progress)
{
    /// <summary>The maximum size of a page, in bytes. A larger body does not count as a page.</summary>
    private const int MostBytes = 16 << 20;

    /// <summary>The longest pause that a server may ask for.</summary>
    private static readonly TimeSpan s_mostPause = TimeSpan.FromSeconds(60);

    private readonly WeightedSemaphore _places = new(options.Parallel);

    /// <summary>Makes a request, and retries it while that may help.</summary>
    /// <param name="gate">The gate of the URL's host.</param>
    /// <param name="method">GET, or HEAD if only the status counts.</param>
    /// <param name="uri">The URL.</param>
    /// <param name="mediaType">The media type of a body to read; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the waits and the requests.</param>
    /// <returns>The last reply.</returns>
    internal async ValueTask<Reply> FetchAsync(HostGate gate, HttpMethod method, Uri uri, string? mediaType, CancellationToken cancellationToken)
    {
        TimeSpan wait = options.Backoff;
        for (int attempt = 1; ; attempt++)
        {
            Reply reply;
            using (await gate.EnterAsync(cancellationToken))
            using (await _places.AcquireAsync(1, cancellationToken))
            {
                progress.Begin();
                try
                {
                    reply = await AskAsync(method, uri, mediaType, cancellationToken);
                }
                finally
                {
                    progress.End();
                }
            }

            if (reply.RetryAfter is { } pause && reply.MayPass)
            {
                await gate.PauseAsync(pause, cancellationToken);
            }

            if (!reply.MayPass || attempt > options.Retries)
            {
                return reply with { Attempts = attempt };
            }

            await Go.SleepAsync(wait * (1 + (Random.Shared.NextDouble() / 2)), cancellationToken);
            wait *= 2;
        }
    }

    private async ValueTask<Reply> AskAsync(HttpMethod method, Uri uri, string? mediaType, CancellationToken cancellationToken)
    {
        using CancelContext deadline = GoContext.From(cancellationToken).WithTimeout(options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(method, uri);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue(RobotsRules.Agent, "1.0"));
            using HttpResponseMessage response = await client.SendAsync(request, deadline);
            HttpContentHeaders headers = response.Content.Headers;
            bool isWanted = mediaType is not null && response.IsSuccessStatusCode && headers.ContentType?.MediaType == mediaType && headers.ContentLength is not > MostBytes;
            return new Reply
            {
                Status = (int)response.StatusCode,
                Location = response.Headers.Location is { } location ? new Uri(uri, location) : null,
                RetryAfter = PauseOf(response),
                Body = isWanted ? await ReadAsync(response.Content, deadline) : null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && deadline.IsCancelled)
        {
            return new Reply { Error = $"no answer within {options.Timeout.TotalSeconds:0.###} s" };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new Reply { Error = exception.GetBaseException().Message };
        }
    }

    private static async ValueTask<MemoryStream?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        var bytes = new MemoryStream();
        var buffer = new byte[16_384];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (bytes.Length + read > MostBytes)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        bytes.Position = 0;
        return bytes;
    }

    private static TimeSpan? PauseOf(HttpResponseMessage response)
    {
        TimeSpan? pause = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - Go.Now,
            _ => null,
        };
        return pause > s_mostPause ? s_mostPause : pause;
    }
}
