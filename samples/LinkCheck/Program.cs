// Crawls a site from its start page, checks every link and fragment, and reports those that lead nowhere. Each link is a goroutine: it waits for
// its turn at its host, for a place among the requests under way, and for the answer; the pages it finds start the next ones.
//
//     dotnet run -c Release --project samples/LinkCheck -- http://127.0.0.1:8080/        --help lists the options and the exit codes

using LinkCheck;

return CommandLine.Invoke(args, Application.Run);
