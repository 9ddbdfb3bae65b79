using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Goroutines.Interop.Tests;

/// <summary>A certificate of the tests' own, for localhost, and what trusts it alone.</summary>
internal static class Certificates
{
    internal const string Host = "localhost";

    internal static X509Certificate2 Localhost { get; } = Make();

    /// <summary>Accepts it and no other.</summary>
    internal static bool IsOurs(X509Certificate? certificate)
        => certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(Localhost.RawData);

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // By way of PKCS #12: Windows serves no certificate whose key is in memory alone.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
