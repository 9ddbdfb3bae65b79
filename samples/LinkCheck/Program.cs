// Crawls a site from its start page, checks every link and fragment, and reports those that lead nowhere. Each link is a goroutine. It
// waits for its turn at its host, for a place among the requests under way, and for the response. Pages start goroutines for their links.
//
//     dotnet run -c Release --project samples/LinkCheck -- http://127.0.0.1:8080/        --help lists the options and the exit codes

using LinkCheck;

return CommandLine.Invoke(args, Application.Run);
