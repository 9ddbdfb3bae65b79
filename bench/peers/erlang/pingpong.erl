%% pingpong, pingpong100: two processes; one answers each number with the next one. An operation is one number and its answer.
-module(pingpong).
-export([run/2]).

run(InFlight, N) ->
    Pinger = self(),
    Ponger = spawn_link(fun() -> pong(Pinger) end),
    [Ponger ! I || I <- lists:seq(0, InFlight - 1)],
    Sum = last(InFlight, ping(Ponger, InFlight, N, 0)),
    unlink(Ponger),
    exit(Ponger, kill),
    measure:equal(pingpong, measure:sum_below(N) + N, Sum).

ping(_, N, N, Sum) -> Sum;
ping(Ponger, Next, N, Sum) ->
    receive
        Answer ->
            Ponger ! Next,
            ping(Ponger, Next + 1, N, Sum + Answer)
    end.

last(0, Sum) -> Sum;
last(Left, Sum) ->
    receive
        Answer -> last(Left - 1, Sum + Answer)
    end.

pong(Pinger) ->
    receive
        Value ->
            Pinger ! Value + 1,
            pong(Pinger)
    end.
