using System.Text;

namespace LinkCheck.Tests;

public sealed class PageTests
{
    [Theory]
    [InlineData("<a href='x'>", "http://h/d/x")]
    [InlineData("<a href=' /x?q=1#f '>", "http://h/x?q=1")]
    [InlineData("<a href='//other/x'>", "http://other/x")]
    [InlineData("<base href='/e/'><a href='x'>", "http://h/e/x")]
    [InlineData("<map><area href='x'></map>", "http://h/d/x")]
    [InlineData("<link rel=stylesheet href='x'>", "http://h/d/x")]
    [InlineData("<link rel='preconnect' href='http://other/'>", "")]
    [InlineData("<script src='x'></script>", "http://h/d/x")]
    [InlineData("<img srcset='x 1x, y 2x'>", "http://h/d/x http://h/d/y")]
    [InlineData("<video poster='x'><source src='y'></video>", "http://h/d/y http://h/d/x")]
    [InlineData("<a href='mailto:a@b'><a href='tel:1'><a href='javascript:x()'><img src='data:image/png;base64,'>", "")]
    [InlineData("<a href='http://[x'>", "about:invalid")]
    [InlineData("<!-- <a href='x'> --><template><a href='y'></template>", "")]
    public void Parse_Page_FindsItsLinks(string html, string targets)
        => Assert.Equal(targets, string.Join(' ', Parse(html).Links.Select(link => link.Target.AbsoluteUri)));

    [Fact]
    public void Parse_Page_FindsItsAnchors() => Assert.Equal(["a", "b", "ü"], Parse("<p id=a><a name=b></a><h1 id='ü'>").Anchors.Order(StringComparer.Ordinal));

    [Fact]
    public void Parse_Fragment_IsDecoded() => Assert.Equal("a b", Parse("<a href='#a%20b'>").Links[0].Fragment);

    private static Page Parse(string html) => Page.Parse(new MemoryStream(Encoding.UTF8.GetBytes("<meta charset=utf-8>" + html)), new Uri("http://h/d/page"));
}
