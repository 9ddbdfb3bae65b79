using System.Net;
using Goroutines.Cluster.Nats;
using NATS.Client.Core;
using NATS.NKeys;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>Credentials and TLS. What is wrong is said at the connect, with the setting to change.</summary>
public sealed class NatsSecurityTests
{
    [Fact]
    public async Task Tls_OwnAuthorityAndClientCertificate_Works()
    {
        using Certificates certificates = new();
        (string certificate, string key) = certificates.Issue("client", null);
        await WithTlsAsync(certificates, IPAddress.Loopback, ["--tlsverify"], async server => await WorksAsync(
            server, NatsOpts.Default with { TlsOpts = new NatsTlsOpts { CaFile = certificates.AuthorityFile, CertFile = certificate, KeyFile = key, Mode = TlsMode.Require } }));
    }

    [Fact]
    public async Task Tls_UnknownAuthority_SaysSo()
    {
        using Certificates certificates = new();
        using Certificates others = new();
        await WithTlsAsync(certificates, IPAddress.Loopback, [], async server =>
        {
            await FailsAsync(server, "TlsOpts", NatsOpts.Default);
            await FailsAsync(server, "TlsOpts", NatsOpts.Default with { TlsOpts = new NatsTlsOpts { CaFile = others.AuthorityFile } });
            await FailsAsync(server, "TlsOpts", NatsOpts.Default with { TlsOpts = new NatsTlsOpts { Mode = TlsMode.Disable } });
        });
    }

    [Fact]
    public async Task Tls_CertificateForAnotherAddress_SaysSo()
    {
        using Certificates certificates = new();
        await WithTlsAsync(certificates, IPAddress.Parse("127.0.0.9"), [], async server => await FailsAsync(
            server, "TlsOpts", NatsOpts.Default with { TlsOpts = new NatsTlsOpts { CaFile = certificates.AuthorityFile } }));
    }

    [Fact]
    public async Task Tls_NoClientCertificateWhereOneIsNeeded_SaysSo()
    {
        using Certificates certificates = new();
        await WithTlsAsync(certificates, IPAddress.Loopback, ["--tlsverify"], async server => await FailsAsync(
            server, "TlsOpts", NatsOpts.Default with { TlsOpts = new NatsTlsOpts { CaFile = certificates.AuthorityFile } }));
    }

    [Fact]
    public Task Tls_ServerHasNone_SaysSo() => WithAsync(
        [], static async server => await FailsAsync(server, "TlsOpts", NatsOpts.Default with { TlsOpts = new NatsTlsOpts { Mode = TlsMode.Require } }));

    [Fact]
    public async Task NKey_OfTheServersUser_Works()
    {
        using KeyPair user = KeyPair.CreatePair(PrefixByte.User);
        using KeyPair other = KeyPair.CreatePair(PrefixByte.User);
        await WithConfigurationAsync($"authorization: {{ users: [ {{ nkey: {user.GetPublicKey()} }} ] }}", async server =>
        {
            await WorksAsync(server, With(new NatsAuthOpts { NKey = user.GetPublicKey(), Seed = user.GetSeed() }));
            await FailsAsync(server, "AuthOpts", With(new NatsAuthOpts { NKey = other.GetPublicKey(), Seed = other.GetSeed() }));
            await FailsAsync(server, "AuthOpts", NatsOpts.Default);
        });
    }

    [Fact]
    public async Task Jwt_OfTheServersAccount_Works()
    {
        using Accounts accounts = new();
        using Accounts others = new();
        await WithConfigurationAsync(accounts.Configuration, async server =>
        {
            await WorksAsync(server, With(new NatsAuthOpts { Jwt = accounts.UserToken, Seed = accounts.Seed }));
            await FailsAsync(server, "AuthOpts", With(new NatsAuthOpts { Jwt = others.UserToken, Seed = others.Seed }));
            await FailsAsync(server, "AuthOpts", With(new NatsAuthOpts { Jwt = accounts.UserToken, Seed = others.Seed }));
        });
    }

    [Fact]
    public Task Token_Wrong_SaysSo() => WithAsync(
        ["--auth", "t0ken"],
        static async server =>
        {
            await WorksAsync(server, With(new NatsAuthOpts { Token = "t0ken" }));
            await FailsAsync(server, "AuthOpts", With(new NatsAuthOpts { Token = "token" }));
            await FailsAsync(server, "AuthOpts", NatsOpts.Default);
        });

    [Fact]
    public Task CredentialsFile_Missing_SaysSo() => WithAsync(
        [], static async server => await FailsAsync(server, "AuthOpts", With(new NatsAuthOpts { CredsFile = "/nowhere/user.creds" })));

    private static NatsOpts With(NatsAuthOpts auth) => NatsOpts.Default with { AuthOpts = auth };

    private static async ValueTask WorksAsync(NatsServer server, NatsOpts opts)
    {
        await using ClusterConnection member = await NatsCluster.ConnectAsync(server.Url, new NatsClusterOptions { Nats = opts });
        ClusterChan<int> channel = await member.OpenAsync(Named.Numbers, Named.Options());
        await channel.SendAsync(1);
        await (await channel.TakeAsync()).AckAsync();
    }

    private static async ValueTask FailsAsync(NatsServer server, string setting, NatsOpts opts)
    {
        ClusterConfigurationException failure = await Assert.ThrowsAsync<ClusterConfigurationException>(
            async () => await NatsCluster.ConnectAsync(server.Url, new NatsClusterOptions { Nats = opts, OperationTimeout = Patience.Open }));
        Assert.Contains($"NatsClusterOptions.Nats.{setting}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(server.Url, failure.Message, StringComparison.Ordinal);
    }

    private static Task WithTlsAsync(Certificates certificates, IPAddress address, string[] arguments, Func<NatsServer, ValueTask> test)
    {
        (string certificate, string key) = certificates.Issue("server", address);
        return WithAsync(["--tls", "--tlscert", certificate, "--tlskey", key, "--tlscacert", certificates.AuthorityFile, .. arguments], test);
    }

    private static async Task WithConfigurationAsync(string configuration, Func<NatsServer, ValueTask> test)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, configuration);
            await WithAsync(["--config", file], test);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task WithAsync(string[] arguments, Func<NatsServer, ValueTask> test)
    {
        NatsServer.SkipIfMissing();
        await using NatsServer server = new(NatsServer.FreePort(), arguments);
        await server.InitializeAsync();
        await test(server);
    }
}
