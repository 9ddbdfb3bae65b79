using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Goroutines.Cluster.Tests;

/// <summary>An authority of the test's own, and what it has signed, as files.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("goroutines-tls-").FullName;
    private readonly X509Certificate2 _authority;
    private int _serial;

    internal Certificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    internal string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>Makes a certificate for a server at the address, or for a client.</summary>
    internal (string Certificate, string Key) Issue(string name, IPAddress? address)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        if (address is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
        }

        using X509Certificate2 certificate = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, [(byte)++_serial]);
        string file = Path.Combine(_folder, $"{name}.pem");
        string keyFile = Path.Combine(_folder, $"{name}.key");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (file, keyFile);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
