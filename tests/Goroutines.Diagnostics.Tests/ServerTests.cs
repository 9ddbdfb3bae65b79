using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Diagnostics.Tests;

/// <summary>The standalone server: who may ask it, and what it answers.</summary>
public sealed class ServerTests
{
    [Fact]
    public Task Url_OpenedAsABrowserDoes_LeadsToThePageWithACookie() => ServedAsync(async (server, _) =>
    {
        using HttpClient browser = new(new HttpClientHandler { CookieContainer = new CookieContainer() });
        string page = await browser.GetStringAsync(server.Url);
        Assert.Contains("<title>Goroutines</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("token=", page, StringComparison.Ordinal);

        using HttpResponseMessage overview = await browser.GetAsync(new Uri(server.Url!, "/api/overview"));
        Assert.Equal("no-store", overview.Headers.GetValues("Cache-Control").Single());
        using var json = JsonDocument.Parse(await overview.Content.ReadAsStringAsync());
        Assert.Equal(5, json.RootElement.GetProperty("count").GetInt32());
    });

    [Theory]
    [InlineData("GET", "", "", "", 401)]
    [InlineData("GET", "token", "", "", 200)]
    [InlineData("GET", "wrong", "", "", 401)]
    [InlineData("GET", "token", "evil.example", "", 403)]
    [InlineData("GET", "token", "", "http://evil.example", 403)]
    [InlineData("GET", "token", "", "null", 403)]
    [InlineData("POST", "token", "", "", 403)]
    [InlineData("PUT", "token", "", "", 405)]
    public Task Request_IsAnsweredOnlyToThisMachineAndWithTheToken(string method, string token, string host, string origin, int status) => ServedAsync(async (server, client) =>
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(server.Url!, method == "POST" ? "/api/leaks" : "/api/groups"));
        if (token.Length != 0)
        {
            request.Headers.Authorization = new("Bearer", token == "token" ? server.Token : new string('0', 32));
        }

        request.Headers.Host = host.Length == 0 ? null : host;
        if (origin.Length != 0)
        {
            request.Headers.Add("Origin", origin);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
    });

    [Fact]
    public Task Post_WithTheHeaderOfThePage_SearchesForLeaks() => ServedAsync(async (server, client) =>
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server.Url!, "/api/leaks"));
        request.Headers.Authorization = new("Bearer", server.Token);
        request.Headers.Add("X-Goroutines", "act");
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    });

    [Theory]
    [InlineData("api/groups?by=site")]
    [InlineData("api/groups?by=reason")]
    [InlineData("api/groups?by=method")]
    [InlineData("api/groups?by=object")]
    [InlineData("api/groups?by=group")]
    [InlineData("api/groups?by=parent")]
    [InlineData("api/groups?by=state")]
    [InlineData("api/groups?by=label:route")]
    [InlineData("api/goroutines?q=state:waiting&sort=id")]
    [InlineData("api/goroutine?id=1")]
    [InlineData("api/objects")]
    [InlineData("api/graph")]
    [InlineData("api/graph?id=1")]
    [InlineData("api/dump.json?q=chan")]
    [InlineData("api/schema")]
    [InlineData("api/flame")]
    [InlineData("api/speedscope?kind=goroutine")]
    public Task Data_AreJson(string path) => ServedAsync(async (server, client) =>
    {
        using var json = JsonDocument.Parse(await GetAsync(server, client, path));
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    });

    [Theory]
    [InlineData("api/nothing", 404)]
    [InlineData("api/goroutine?id=99", 404)]
    [InlineData("api/groups?by=colour", 400)]
    [InlineData("api/flame?kind=colour", 400)]
    [InlineData("api/flame?kind=mutex", 409)]
    [InlineData("api/goroutines?q=colour:red", 400)]
    [InlineData("api/goroutines?limit=x", 400)]
    public Task Request_ThatMakesNoSense_IsRefused(string path, int status) => ServedAsync(async (server, client) =>
    {
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(server, client, path));
        Assert.Equal(status, (int)refused.StatusCode!);
    });

    [Theory]
    [InlineData("api/goroutine?id=0", 404)]
    [InlineData("api/goroutine?id=4294967297", 404)]
    [InlineData("api/goroutine?id=x", 400)]
    [InlineData("api/goroutine?id=99999999999999999999", 400)]
    [InlineData("api/graph?id=0", 200)]
    [InlineData("api/graph?id=4294967297", 200)]
    [InlineData("api/goroutines?q=id:4294967297", 200)]
    public Task Id_OfAnySize_IsTakenAsItIs(string path, int status) => ServedAsync(async (server, client) =>
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(server.Url!, "/" + path));
        request.Headers.Authorization = new("Bearer", server.Token);
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
    });

    [Fact]
    public Task Graph_AroundId_IsAPartAndAroundZeroTheWhole() => Isolated.RunAsync(async runtime =>
    {
        Chan<int>[] channels = [new(), new()];
        foreach (Chan<int> channel in channels)
        {
            runtime.Spawn(async () => await channel.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 2);
        DiagnosticsPage page = new(runtime);
        Assert.Equal(2, await EdgesAsync(""));
        Assert.Equal(2, await EdgesAsync("id=0"));
        Assert.Equal(1, await EdgesAsync("id=1"));
        Assert.Equal(0, await EdgesAsync("id=4294967297"));
        Array.ForEach(channels, static channel => channel.Close());

        async Task<int> EdgesAsync(string query)
        {
            using var graph = JsonDocument.Parse(await BodyOf(page, "api/graph", query));
            return graph.RootElement.GetProperty("edges").GetArrayLength();
        }
    });

    [Fact]
    public Task Groups_BySite_CountTheGoroutines() => ServedAsync(async (server, client) =>
    {
        using var json = JsonDocument.Parse(await GetAsync(server, client, "api/groups?by=site"));
        JsonElement row = Assert.Single(json.RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal(5, row.GetProperty("count").GetInt32());
        Assert.Equal("chan receive", row.GetProperty("reason").GetString());
    });

    /// <summary>A million goroutines become a few rows where they are, and a page of the list.</summary>
    [Fact]
    [Trait("Size", "Large")]
    public Task Groups_OfAMillion_AreAFewRows() => Isolated.RunAsync(async runtime =>
    {
        const int Count = 1_000_000;
        var channel = new Chan<int>();
        var ready = new WaitGroup();
        ready.Add(Count);
        for (int i = 0; i < Count; i++)
        {
            runtime.Spawn(async () =>
            {
                ready.Done();
                await channel.ReceiveAsync();
            });
        }

        await ready.WaitAsync();
        DiagnosticsPage page = new(runtime);
        using var groups = JsonDocument.Parse(await BodyOf(page, "api/groups", "by=reason"));
        Assert.InRange(groups.RootElement.GetProperty("groups").GetInt32(), 1, 3);
        Assert.Equal(Count, groups.RootElement.GetProperty("count").GetInt32());
        byte[] list = await BodyOf(page, "api/goroutines", "limit=200");
        Assert.InRange(list.Length, 1, 200_000);
        using var overview = JsonDocument.Parse(await BodyOf(page, "api/overview", ""));
        Assert.Equal(Count, overview.RootElement.GetProperty("count").GetInt32());
        channel.Close();
    });

    [Fact]
    public Task UnixSocket_IsTheUsersOwn() => Isolated.RunAsync(async runtime =>
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string folder = Directory.CreateTempSubdirectory("goroutines").FullName;
        string path = Path.Combine(folder, "inner", "d.sock");
        await using (DiagnosticsServer server = DiagnosticsServer.Start(new DiagnosticsServerOptions { Runtime = runtime, SocketPath = path }))
        {
            Assert.Null(server.Url);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
            using HttpClient client = new(new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
            Assert.Contains("\"schema\":\"goroutines.v1\"", await client.GetStringAsync(new Uri("http://localhost/api/dump.json")), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
        Directory.Delete(folder, recursive: true);
    });

    [Fact]
    public void UnixSocket_BeforeItListens_IsTheUsersOwn()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string folder = Directory.CreateTempSubdirectory("goroutines").FullName;
        string path = Path.Combine(folder, "d.sock");
        using (Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            DiagnosticsServer.OwnersOnly(path).OnBound!();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Page_LoadsNothingFromElsewhereAndIsSmall()
    {
        using StreamReader reader = new(PageResources.Open("page.html"));
        string page = reader.ReadToEnd();
        Assert.InRange(page.Length, 10_000, 150_000);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
    }

    private static async Task<byte[]> BodyOf(DiagnosticsPage page, string path, string query)
    {
        DiagnosticsResponse response = await page.HandleAsync(new DiagnosticsRequest("GET", path, query, MayAct: false), CancellationToken.None);
        Assert.Equal(200, response.Status);
        using MemoryStream body = new();
        await response.WriteAsync(body, CancellationToken.None);
        return body.ToArray();
    }

    private static async Task<string> GetAsync(DiagnosticsServer server, HttpClient client, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(server.Url!, "/" + path));
        request.Headers.Authorization = new("Bearer", server.Token);
        using HttpResponseMessage response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Serves a runtime with five goroutines that wait on one channel.</summary>
    private static Task ServedAsync(Func<DiagnosticsServer, HttpClient, Task> body) => Isolated.RunAsync(async runtime =>
    {
        var channel = new Chan<int>();
        for (int i = 0; i < 5; i++)
        {
            runtime.Spawn(async () => await channel.ReceiveAsync());
        }

        await Planted.ParkedAsync(runtime, "chan receive", 5);
        await using (DiagnosticsServer server = DiagnosticsServer.Start(new DiagnosticsServerOptions { Runtime = runtime }))
        {
            using HttpClient client = new();
            await body(server, client);
        }

        channel.Close();
    });
}
