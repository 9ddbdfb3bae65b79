%% forkjoin (Savina's fjthrput): one process deals numbers out to 60 in turn, each of which adds up. An operation is one number.
-module(forkjoin).
-export([run/1]).

-define(WORKERS, 60).

run(N) ->
    Self = self(),
    Workers = [spawn_link(fun() -> counting:count(Self, 0) end) || _ <- lists:seq(1, ?WORKERS)],
    deal(Workers, Workers, 0, N),
    [Worker ! result || Worker <- Workers],
    measure:equal(forkjoin, measure:sum_below(N), lists:sum([receive Sum -> Sum end || _ <- Workers])).

deal(_, _, N, N) -> ok;
deal([], All, I, N) -> deal(All, All, I, N);
deal([Worker | Rest], All, I, N) ->
    Worker ! I,
    deal(Rest, All, I + 1, N).
