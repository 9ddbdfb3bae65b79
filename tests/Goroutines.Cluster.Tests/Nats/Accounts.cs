using System.Buffers.Text;
using System.Text;
using NATS.NKeys;

namespace Goroutines.Cluster.Tests;

/// <summary>An operator, an account with JetStream and a user, with the tokens that each has signed.</summary>
internal sealed class Accounts : IDisposable
{
    private readonly KeyPair _operator = KeyPair.CreatePair(PrefixByte.Operator);
    private readonly KeyPair _account = KeyPair.CreatePair(PrefixByte.Account);
    private readonly KeyPair _system = KeyPair.CreatePair(PrefixByte.Account);
    private readonly KeyPair _user = KeyPair.CreatePair(PrefixByte.User);

    internal string Seed => _user.GetSeed();

    internal string UserToken => Sign(_account, _user, "user", """ "pub":{},"sub":{},"subs":-1,"data":-1,"payload":-1,"type":"user","version":2 """);

    /// <summary>The part of a server's configuration that names operator and accounts.</summary>
    internal string Configuration => $$"""
        operator: {{Sign(_operator, _operator, "operator", """ "type":"operator","version":2 """)}}
        system_account: {{_system.GetPublicKey()}}
        resolver: MEMORY
        resolver_preload: {
          {{_account.GetPublicKey()}}: {{Account(_account, "app", "1073741824")}}
          {{_system.GetPublicKey()}}: {{Account(_system, "system", "0")}}
        }
        """;

    public void Dispose()
    {
        _operator.Dispose();
        _account.Dispose();
        _system.Dispose();
        _user.Dispose();
    }

    private string Account(KeyPair account, string name, string disk)
        => Sign(_operator, account, name, $$$"""
            "limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,"wildcards":true,"conn":-1,"leaf":-1,"mem_storage":0,"disk_storage":{{{disk}}},"streams":-1,
            "consumer":-1},"default_permissions":{"pub":{},"sub":{}},"type":"account","version":2
            """);

    private static string Sign(KeyPair issuer, KeyPair subject, string name, string nats)
    {
        string claims = $$"""
            {"jti":"{{name}}","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"iss":"{{issuer.GetPublicKey()}}","name":"{{name}}","sub":"{{subject.GetPublicKey()}}","nats":{ {{nats}} } }
            """;
        string signed = $"{Encode("""{"typ":"JWT","alg":"ed25519-nkey"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        byte[] signature = new byte[64];
        issuer.Sign(Encoding.ASCII.GetBytes(signed), signature);
        return $"{signed}.{Encode(signature)}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
