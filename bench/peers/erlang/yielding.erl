%% yield: 4 processes that yield.
-module(yielding).
-export([run/1]).

run(N) ->
    Yielders = [spawn_monitor(fun() -> yield(N div 4) end) || _ <- lists:seq(1, 4)],
    [receive {'DOWN', Monitor, process, _, normal} -> ok end || {_, Monitor} <- Yielders].

yield(0) -> ok;
yield(Left) ->
    erlang:yield(),
    yield(Left - 1).
