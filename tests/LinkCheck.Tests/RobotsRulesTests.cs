namespace LinkCheck.Tests;

public sealed class RobotsRulesTests
{
    [Theory]
    [InlineData("", "/x", true)]
    [InlineData("User-agent: *\nDisallow: /", "/x", false)]
    [InlineData("User-agent: *\nDisallow:", "/x", true)]
    [InlineData("User-agent: other\nDisallow: /", "/x", true)]
    [InlineData("user-AGENT: Goroutines-LinkCheck\ndisallow: /x\n\nUser-agent: *\nDisallow: /", "/y", true)]
    [InlineData("user-AGENT: Goroutines-LinkCheck\ndisallow: /x\n\nUser-agent: *\nDisallow: /", "/x/1", false)]
    [InlineData("User-agent: other\nUser-agent: *\nDisallow: /x # why", "/x", false)]
    [InlineData("User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /b", "/b", true)]
    [InlineData("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true)]
    [InlineData("User-agent: *\nAllow: /a\nDisallow: /a", "/a", true)]
    [InlineData("User-agent: *\nDisallow: /*.gif$", "/x/y.gif", false)]
    [InlineData("User-agent: *\nDisallow: /*.gif$", "/x/y.gif?z", true)]
    [InlineData("User-agent: *\nDisallow: /a*b*c", "/a1b2c3", false)]
    [InlineData("User-agent: *\nDisallow: /a*b*c", "/a1c2b3", true)]
    [InlineData("User-agent: *\nDisallow: /a$", "/ab", true)]
    [InlineData("User-agent: *\nDisallow: /*a$", "/a", false)]
    [InlineData("nonsense\n:\nUser-agent: *\nDisallow: /x", "/x", false)]
    public void Allows_Path_FollowsTheLongestRuleOfTheGroup(string text, string path, bool allowed) => Assert.Equal(allowed, RobotsRules.Parse(text).Allows(path));

    [Theory]
    [InlineData("User-agent: *\nCrawl-delay: 2.5", 2.5)]
    [InlineData("User-agent: *\nCrawl-delay: 86400", 30)]
    [InlineData("User-agent: *\nCrawl-delay: -1", 0)]
    [InlineData("User-agent: *\nCrawl-delay: soon", 0)]
    public void Delay_Stated_IsBounded(string text, double seconds) => Assert.Equal(seconds, RobotsRules.Parse(text).Delay.TotalSeconds);

    [Fact]
    public void AllowNothing_AnyPath_IsNotAllowed() => Assert.False(RobotsRules.AllowNothing.Allows("/"));
}
