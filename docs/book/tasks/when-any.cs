#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var news = new Chan<string>(capacity: 10);
var mail = new Chan<string>(capacity: 10);
await mail.SendAsync("a letter");

await new Select().Receive(news, out var headline).Receive(mail, out var letter).WaitAsync();
Console.WriteLine(headline.Selected ? headline.Value : letter.Value);    // only the chosen receive has happened

await news.SendAsync("a headline");
Console.WriteLine(await news.TakeAsync());
